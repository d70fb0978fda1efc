import Foundation
import TandemArray
import Testing

/// Random arrays: what they depend on, and that they are distributed as they say.
@Suite struct RandomTests {
  private func draw(_ key: RandomKey? = nil, seed: UInt64? = nil) -> [Float] {
    NDArray.random.normal([100], seed: seed, key: key).scalars()
  }

  @Test func seeds() {
    #expect(draw(seed: 1) == draw(seed: 1))
    #expect(draw(seed: 1) != draw(seed: 2))
    let (first, second) = withSeed(7) { (draw(), draw()) }
    #expect(first != second)
    #expect(withSeed(7) { [draw(), draw()] } == [first, second])
    #expect(withSeed(8) { draw() } != first)
    // The first draw of a seeded scope is the draw of that seed.
    #expect(draw(seed: 7) == first)
  }

  @Test func scopesNest() {
    let outer = withSeed(3) { [draw(), draw()] }
    let nested = withSeed(3) { () -> [[Float]] in
      let first = draw()
      _ = withSeed(99) { draw() }
      return [first, draw()]
    }
    #expect(nested == outer)
  }

  @Test func keys() {
    let key = RandomKey(seed: 5, stream: 6, tick: 7)
    #expect(draw(key) == draw(key))
    #expect(draw(key) != draw(RandomKey(seed: 5, stream: 6, tick: 8)))
    #expect(draw(key) != draw(RandomKey(seed: 5, stream: 7, tick: 7)))
    #expect(draw(key) != draw(RandomKey(seed: 6, stream: 6, tick: 7)))
  }

  /// The seed of one thread's scope is not another's.
  @Test func seedsAreAMatterOfTheThread() async {
    let expected = (0..<8).map { number in withSeed(UInt64(number)) { [draw(), draw()] } }
    let drawn = await withTaskGroup(of: (Int, [[Float]]).self) { group in
      for number in 0..<8 {
        group.addTask { (number, withSeed(UInt64(number)) { [self.draw(), self.draw()] }) }
      }
      return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    #expect((0..<8).map { drawn[$0] } == expected)
  }

  /// Means and variances within six standard errors.
  @Test func distributions() {
    let count = 40_000.0
    func check(_ x: NDArray, mean: Double, variance: Double, _ name: String) {
      let values = x.cast(to: .float64)
      let found = values.mean().item()
      let spread = (values - found).squared().mean().item()
      #expect(abs(found - mean) < 6 * (variance / count).squareRoot(), "\(name): \(found)")
      #expect(abs(spread - variance) < 0.05 * variance, "\(name): \(spread)")
    }
    let random = NDArray.random
    check(random.uniform([40_000], seed: 1), mean: 0.5, variance: 1 / 12.0, "uniform")
    check(
      random.uniform([40_000], from: -2, to: 4, seed: 2), mean: 1, variance: 3, "uniform in range")
    check(
      random.normal([40_000], mean: 3, standardDeviation: 2, seed: 3), mean: 3, variance: 4,
      "normal")
    check(
      random.integers(in: -2..<3, [40_000], seed: 4), mean: 0, variance: 2, "integers")
    check(
      random.bernoulli([40_000], probability: 0.25, seed: 5), mean: 0.25, variance: 0.1875,
      "bernoulli")
    let uniform: [Float] = random.uniform([40_000], seed: 6).scalars()
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    let integers: [Int] = random.integers(in: 5..<8, [1000], seed: 7).scalars()
    #expect(Set(integers) == [5, 6, 7])
  }

  @Test func permutations() {
    let values: [Int] = NDArray.random.permutation(1000, seed: 1).scalars()
    #expect(values != Array(0..<1000))
    #expect(values.sorted() == Array(0..<1000))
    #expect(values == NDArray.random.permutation(1000, seed: 1).scalars(as: Int.self))
    #expect(NDArray.random.permutation(0).count == 0)
  }

  @Test func types() {
    #expect(NDArray.random.normal([2, 3], dtype: .float64).type == .float64([2, 3]))
    #expect(NDArray.random.uniform([]).type == .float32([]))
    #expect(NDArray.random.integers(in: 0..<2, [0]).type == .int64([0]))
    #expect(NDArray.random.bernoulli([2]).dtype == .bool)
  }

  /// Variances of the initializers, as their papers give them.
  @Test func initializers() {
    let shape: Shape = [64, 32, 3, 3]
    let (fanIn, fanOut) = (32.0 * 9, 64.0 * 9)
    let key = RandomKey(seed: 1, stream: 2, tick: 0)
    func variance(_ initializer: Initializer) -> Double {
      initializer(shape, key: key).squared().mean().item()
    }
    #expect(abs(variance(.heNormal) * fanIn / 2 - 1) < 0.05)
    #expect(abs(variance(.glorotUniform) * (fanIn + fanOut) / 2 - 1) < 0.05)
    #expect(abs(variance(.uniform(limit: 3)) / 3 - 1) < 0.05)
    #expect(abs(variance(.normal(standardDeviation: 2)) / 4 - 1) < 0.05)
    #expect(variance(.zeros) == 0 && variance(.ones) == 1 && variance(.constant(-2)) == 4)
    // [out, in]: what one output adds up.
    let dense = Initializer.heNormal([200, 50], key: key).squared().mean().item()
    #expect(abs(dense * 50 / 2 - 1) < 0.05)
    #expect(Initializer.heNormal([4, 2], dtype: .float64, key: key).dtype == .float64)
  }
}
