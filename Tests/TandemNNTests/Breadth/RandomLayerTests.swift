import TandemArray
import TandemOps
import Testing

@testable import TandemNN

/// Layers that draw in training.
@Suite struct RandomLayerTests {
  @Test("channels are dropped as a whole, others scaled; nothing happens in inference")
  func channels() {
    let x = NDArray.random.uniform([6, 8, 5], from: 1, to: 2, seed: 1)
    let layer = Dropout1D(0.25)
    #expect(layer(x).scalars(as: Float.self) == x.scalars(as: Float.self))
    let y = withSeed(3) { withTraining(true) { layer(x) } }
    let ratio = (y / x).scalars(as: Float.self)
    var kept = 0
    for channel in 0..<48 {
      let part = Set(ratio[channel * 5..<channel * 5 + 5].map { ($0 * 3).rounded() })
      #expect(part == [0] || part == [4])
      kept += part == [4] ? 1 : 0
    }
    #expect((28...44).contains(kept))
    // The gradient takes the same way as the values.
    let slope = withSeed(3) { gradient(of: { x in withTraining(true) { layer(x).sum() } })(x) }
    #expect((slope * x - y).abs().max().item() < 1e-5)
  }

  @Test("axes that are shared have one fate")
  func sharedAxes() {
    let x = NDArray.ones([50, 4, 3])
    let y = withSeed(5) { withTraining(true) { Dropout(0.5, sharedAxes: [0, -1])(x) } }
    let first = y[0..<1, .all, 0..<1].broadcast(to: [50, 4, 3])
    #expect(y.scalars(as: Float.self) == first.scalars(as: Float.self))
    #expect(Set(y.scalars(as: Float.self)).isSubset(of: [0, 2]))
  }

  @Test("alpha dropout keeps mean and variance, whole channels share one fate if asked to")
  func alpha() {
    let x = NDArray.random.normal([400, 500], seed: 2)
    let y = withSeed(7) { withTraining(true) { AlphaDropout(0.2)(x) } }
    #expect(abs(y.mean().item()) < 0.02)
    #expect(abs(y.variance().item() - 1) < 0.02)
    let channels = withSeed(7) {
      withTraining(true) { AlphaDropout(0.5, dropsChannels: true)(NDArray.zeros([8, 9, 10])) }
    }
    let spread = channels.max(axis: 2) - channels.min(axis: 2)
    #expect(spread.abs().max().item() == 0)
    #expect(Set(channels.scalars(as: Float.self)).count == 2)
    #expect(AlphaDropout(0.5)(x).scalars(as: Float.self) == x.scalars(as: Float.self))
  }

  @Test("random slopes lie in their range, and are the gradient")
  func rrelu() {
    let x = -NDArray.random.uniform([1000], from: 1, to: 2, seed: 3)
    let layer = RReLU(from: 0.1, to: 0.3)
    let slope = withSeed(9) { gradient(of: { x in withTraining(true) { layer(x).sum() } })(x) }
    let values = slope.scalars(as: Double.self)
    #expect(values.allSatisfy { (0.1...0.3).contains($0) })
    #expect(abs(values.reduce(0, +) / 1000 - 0.2) < 0.01)
    let y = withSeed(9) { withTraining(true) { layer(x) } }
    #expect((y - x * slope).abs().max().item() < 1e-6)
    #expect((layer(x) - x * 0.2).abs().max().item() < 1e-6)
  }

  @Test("compiled, the same keys give the same bits")
  func compiled() {
    let layers: [any Layer] = [
      Dropout(0.3), Dropout(0.3, sharedAxes: [0]), Dropout2D(0.3), AlphaDropout(0.3), RReLU(),
      AlphaDropout(0.3, dropsChannels: true),
    ]
    let x = NDArray.random.normal([3, 4, 5, 6], seed: 4)
    for layer in layers {
      let region = compile { (x: NDArray) in withTraining(true) { layer(x) } }
      let eager = withSeed(11) { (0..<2).map { _ in withTraining(true) { layer(x) } } }
      let compiled = withSeed(11) { (0..<2).map { _ in region(x) } }
      for (a, b) in zip(eager, compiled) {
        #expect(a.scalars(as: Float.self) == b.scalars(as: Float.self), "\(layer)")
      }
    }
  }
}
