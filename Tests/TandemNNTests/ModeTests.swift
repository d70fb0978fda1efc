import TandemArray
import TandemOps
import Testing

@testable import TandemNN

/// Layers that behave differently in training.
@Suite struct ModeTests {
  @Test("batch normalisation takes the batch in while recording, else uses what it took in")
  func batchNorm() {
    let layer = BatchNorm(momentum: 0.75)
    let x = NDArray([[1.0, 2.0], [3.0, 6.0]])
    #expect(layer(x).scalars(as: Float.self).allSatisfy { $0.isFinite })
    #expect(layer.runningMean.value.scalars(as: Double.self) == [0, 0])
    let y = record { layer(x) }
    #expect(y.scalars(as: Double.self).map { $0.rounded() } == [-1, -1, 1, 1])
    #expect(layer.runningMean.value.scalars(as: Double.self) == [0.5, 1])
    // The variances 2 and 8 divide by one less than the number of elements.
    #expect(layer.runningVariance.value.scalars(as: Double.self) == [1.25, 2.75])
    let rest = layer(NDArray([[0.5, 1.0]])).scalars(as: Double.self)
    #expect(rest == [0, 0])
    #expect(layer.runningMean.value.scalars(as: Double.self) == [0.5, 1])
    _ = withTraining(true) { layer(x) }
    #expect(layer.runningMean.value.scalars(as: Double.self) == [0.875, 1.75])
  }

  @Test("batch normalisation works over any axis, counted from either end")
  func axes() {
    let x = NDArray.random.normal([4, 5, 3, 2], seed: 1)
    for axis in 0..<4 {
      let order = [axis] + (0..<4).filter { $0 != axis }
      let inverse = (0..<4).map { order.firstIndex(of: $0)! }
      let expected = withTraining(true) {
        BatchNorm(axis: 0)(x.transposed(order)).transposed(inverse)
      }
      for name in [axis, axis - 4] {
        let ours = withTraining(true) { BatchNorm(axis: name)(x) }
        let worst = (ours - expected).abs().max().item()
        #expect(worst < 1e-5, "axis \(name)")
      }
    }
  }

  @Test("dropout keeps what the generator says, scales it, and hands its gradient the same way")
  func dropout() throws {
    let x = NDArray.random.uniform([1000], from: 1, to: 2, seed: 1)
    let layer = Dropout(0.25)
    #expect(layer(x).scalars(as: Float.self) == x.scalars(as: Float.self))
    let parameter = Parameter(x)
    let y = withSeed(7) { record { layer(parameter.value) } }
    let stays = withSeed(7) { NDArray.random.bernoulli([1000], probability: 0.75) }
    let kept = stays.cast(to: .float32) / 0.75
    let expected = (x * kept).scalars(as: Float.self)
    for (ours, theirs) in zip(y.scalars(as: Float.self), expected) {
      #expect(abs(ours - theirs) <= 0x1p-22 * abs(theirs))
    }
    y.backward(NDArray.ones([1000]))
    let gradient = try #require(parameter.gradient).scalars(as: Float.self)
    for (ours, theirs) in zip(gradient, kept.scalars(as: Float.self)) {
      #expect(abs(ours - theirs) <= 0x1p-22)
    }
    let share = Double(gradient.count { $0 > 0 }) / 1000
    #expect(abs(share - 0.75) < 0.05)
  }

  @Test("an embedding adds up the gradients of a row that is used several times")
  func embedding() throws {
    let layer = Embedding(5, features: 3)
    let places = NDArray([[4, 0], [4, 4]], dtype: .int64)
    let slope = NDArray.random.normal([2, 2, 3], seed: 3)
    let y = record { layer(places) }
    #expect(y.shape == [2, 2, 3])
    #expect(
      y[1, 0].scalars(as: Float.self) == layer.weight.value[4].scalars(as: Float.self))
    y.backward(slope)
    let gradient = try #require(layer.weight.gradient)
    #expect(gradient[0].scalars(as: Float.self) == slope[0, 1].scalars(as: Float.self))
    #expect(gradient[2].scalars(as: Float.self) == [0, 0, 0])
    let sum = ((slope[0, 0] + slope[1, 0]) + slope[1, 1]).scalars(as: Float.self)
    #expect(gradient[4].scalars(as: Float.self) == sum)
  }

  @Test("an LSTM that goes on from its states gives what it gives in one go")
  func states() {
    let layer = LSTM(5, inputs: 3, layerCount: 2)
    let x = NDArray.random.normal([6, 2, 3], seed: 4)
    let whole = layer(x)
    let (first, middle) = layer(x[0..<4], from: nil)
    let (second, end) = layer(x[4..<6], from: middle)
    let parts = NDArray.concatenated([first, second], axis: 0)
    #expect(parts.scalars(as: Float.self) == whole.scalars(as: Float.self))
    #expect(end.count == 2)
    #expect(end[1].output.scalars(as: Float.self) == whole[5].scalars(as: Float.self))
  }

  @Test("attention with separate projections gives what fused ones give")
  func projections() {
    let fused = MultiHeadAttention(8, heads: 2, isCausal: true)
    let split = MultiHeadAttention(8, heads: 2, isCausal: true, isFused: false)
    let x = NDArray.random.normal([2, 5, 8], seed: 5)
    if let all = fused.projection, let parts = [split.query, split.key, split.value] as? [Dense] {
      for (index, part) in parts.enumerated() {
        part.weight.value = all.weight.value[8 * index..<8 * index + 8]
      }
    }
    split.output.weight.value = fused.output.weight.value
    let worst = (fused(x) - split(x)).abs().max().item()
    #expect(worst < 1e-5)
    let other = NDArray.random.normal([2, 9, 8], seed: 6)
    let across = MultiHeadAttention(8, heads: 2, isFused: false)
    #expect(across(x, keys: other, values: other).shape == [2, 5, 8])
  }
}
