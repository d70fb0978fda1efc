import Foundation
import TandemArray
import Testing

/// Every sampler against SciPy's distribution functions; fixed keys, so a test passes always or
/// never.
@Suite struct SamplerTests {
  private static let count = 20_000

  /// The largest gap to the distribution function, times the root of the count, stays below 1.9495
  /// in 999 of 1000 cases (`scipy.stats.kstwobign.isf(0.001)`).
  private func check(_ values: [Double], _ fixture: SamplerFixture, _ what: String) {
    let (sorted, n) = (values.sorted(), Double(values.count))
    var (below, gap, statistic, last) = (0, 0.0, 0.0, (p: 0.0, count: 0))
    for (x, p) in zip(fixture.points, fixture.probabilities) {
      if what.hasPrefix("float32"), fixture.isLost(x) { continue }
      while below < sorted.count, sorted[below] <= x { below += 1 }
      gap = max(gap, abs(Double(below) / n - p))
      let expected = (p - last.p) * n
      if expected >= 10, (1 - p) * n >= 10 {
        statistic += pow(Double(below - last.count) - expected, 2) / expected
        last = (p, below)
      }
    }
    #expect(gap * n.squareRoot() < 1.9495, "\(fixture) \(what)")
    let rest = (1 - last.p) * n
    if let bound = fixture.chiSquareBound {
      statistic += pow(n - Double(last.count) - rest, 2) / rest
      #expect(statistic < bound, "\(fixture) \(what)")
      #expect(values.allSatisfy { $0 >= 0 && $0 == $0.rounded() })
    }
  }

  @Test(arguments: SamplerFixture.all)
  func followsItsDistribution(fixture: SamplerFixture) {
    let isCount = fixture.chiSquareBound != nil
    for dtype in isCount ? [DType.int64, .float32] : [.float32, .float64] {
      for seed in UInt64(1)...2 {
        let values: [Double] = fixture.draw(
          [Self.count], fixture.parameters, RandomKey(seed: seed), dtype
        ).cast(to: .float64).scalars()
        check(values, fixture, "\(dtype) seed \(seed)")
        if fixture.variance.isFinite {
          let mean = values.reduce(0, +) / Double(Self.count)
          let error = (fixture.variance / Double(Self.count)).squareRoot()
          #expect(abs(mean - fixture.mean) < 5 * error, "\(fixture) \(dtype) mean \(mean)")
        }
      }
    }
  }

  /// Parameters as arrays: every second element has other ones, which are not in the way.
  @Test(arguments: SamplerFixture.all)
  func arraysOfParameters(fixture: SamplerFixture) {
    let parameters = fixture.parameters.map { NDArray([$0, $0 == 1 ? 1 : $0 * 0.999]) }
    let dtype: DType = fixture.chiSquareBound == nil ? .float64 : .int64
    let whole = fixture.name == "binomial"
    let arrays = parameters.enumerated().map { whole && $0 == 0 ? $1.rounded() : $1 }
    let all = fixture.draw([Self.count, 2], arrays, RandomKey(seed: 4), dtype)
    #expect(all.type == TensorType([Self.count, 2], dtype))
    check(all[0..., 0].cast(to: .float64).scalars(), fixture, "arrays")
    // Without a shape there is one number for each parameter.
    #expect(fixture.draw(nil, arrays, RandomKey(seed: 4), dtype).shape == [2])
  }

  /// An element depends on its place and the key alone, not on how many there are; 16-bit floats
  /// are rounded float32.
  @Test(arguments: SamplerFixture.all)
  func elementsDependOnTheirPlaceAlone(fixture: SamplerFixture) {
    let dtype: DType = fixture.chiSquareBound == nil ? .float32 : .int32
    func draw(_ shape: Shape, _ seed: UInt64 = 9) -> NDArray {
      fixture.draw(shape, fixture.parameters, RandomKey(seed: seed), dtype)
    }
    let long: [Double] = draw([3000]).cast(to: .float64).scalars()
    #expect(draw([70, 11]).cast(to: .float64).scalars() == Array(long.prefix(770)))
    #expect(draw([3000], 10).cast(to: .float64).scalars() != long)
    let half = fixture.draw([50], fixture.parameters, RandomKey(seed: 9), .float16)
    #expect(half.dtype == .float16)
    #expect(fixture.draw([0], fixture.parameters, RandomKey(seed: 9), dtype).count == 0)
  }

  /// Eager and compiled draws are the same, and calls of a region go on in the stream.
  @Test(arguments: SamplerFixture.all)
  func compiledDrawsAreTheSame(fixture: SamplerFixture) {
    let dtype: DType = fixture.chiSquareBound == nil ? .float32 : .int64
    @Sendable func draw(_ parameters: [NDArray]) -> NDArray {
      let key = RandomKey(seed: 3, stream: 1)
      return fixture.draw([40, parameters.count], parameters.map { $0 }, key, dtype)
    }
    let parameters = fixture.parameters.map { NDArray($0, dtype: .float64) }
    let region = compile { (parameters: [NDArray]) in draw(parameters) }
    #expect(region(parameters).identicalBits(draw(parameters)))
    let numbers = fixture.parameters
    func ticks() -> NDArray { fixture.tick(numbers) }
    let own = compile { fixture.tick(numbers) }
    let eager = withSeed(5) { [ticks(), ticks()] }
    let compiled = withSeed(5) { [own(), own()] }
    #expect(zip(eager, compiled).allSatisfy { $0.identicalBits($1) })
    #expect(!eager[0].identicalBits(eager[1]))
  }
}

extension SamplerFixture {
  /// Whether float32 has no number near a point, so that samples there become zero or one.
  func isLost(_ x: Double) -> Bool { abs(x) < 1e-37 || name == "beta" && x > 1 - 1e-6 }

  /// Draws that take ticks of the thread's random state.
  func tick(_ numbers: [Double]) -> NDArray {
    let random = NDArray.random
    switch parameters.count {
    case 1:
      return random.gamma([500], concentration: numbers[0]) + random.exponential([500])
    default: return random.laplace([500], scale: numbers[1]) * random.normal([500])
    }
  }
}

extension NDArray {
  /// Whether two arrays have the same type and bits.
  func identicalBits(_ other: NDArray) -> Bool {
    type == other.type
      && cast(to: .float64).scalars(as: Double.self).map(\.bitPattern)
        == other.cast(to: .float64).scalars(as: Double.self).map(\.bitPattern)
  }
}
