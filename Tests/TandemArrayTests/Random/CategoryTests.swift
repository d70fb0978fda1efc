import Foundation
import TandemArray
import Testing

/// Choices, categories, orders and vectors; fixed keys, so a test passes always or never.
@Suite struct CategoryTests {
  private let random = NDArray.random
  private let key = RandomKey(seed: 12)

  /// How often each of `0..<count` comes up.
  private func histogram(_ numbers: [Int], _ count: Int) -> [Double] {
    numbers.reduce(into: [Double](repeating: 0, count: count)) { $0[$1] += 1 }
  }

  /// Counts within five standard deviations of what probabilities let expect.
  private func check(
    _ counts: [Double], _ probabilities: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let n = counts.reduce(0, +)
    for (count, p) in zip(counts, probabilities) {
      let gap = abs(count - n * p)
      #expect(gap <= 5 * (n * p * (1 - p)).squareRoot(), sourceLocation: sourceLocation)
    }
  }

  @Test func categories() {
    let p = [0.1, 0, 0.6, 0.3]
    let logits = NDArray(p.map { log($0) + 3 })
    let numbers = random.categorical(logits: logits, [20_000], key: key)
    #expect(numbers.type == .int64([20_000]))
    check(histogram(numbers.scalars(), 4), p)
    let batch = stacked([logits, logits.flipped(axis: 0)])
    let both = random.categorical(logits: batch, [10_000, 2], key: key)
    check(histogram(both[0..., 1].scalars(), 4), p.reversed())
    #expect(random.categorical(logits: batch).shape == [2])
  }

  private func stacked(_ arrays: [NDArray]) -> NDArray {
    NDArray.concatenated(arrays.map { $0.expandingDims(at: 0) }, axis: 0)
  }

  @Test func multinomial() {
    let weights = NDArray([[1, 2, 0, 1], [0, 0, 5, 0]])
    let counts = random.multinomial(
      trials: NDArray([1000, 7]), weights: weights, [3000, 2], key: key, dtype: .float64)
    #expect(counts.type == .float64([3000, 2, 4]))
    let sums: [Double] = counts.sum(axis: -1).scalars()
    #expect(sums == (0..<6000).map { $0 % 2 == 0 ? 1000 : 7 })
    #expect(counts[0, 1].scalars() == [0.0, 0, 7, 0])
    check(counts[0..., 0].sum(axis: 0).scalars(), [0.25, 0.5, 0, 0.25])
    // Variances and covariances of one row: n p (1 - p) and -n p q.
    let x = counts[0..., 0] - NDArray([250, 500, 0, 250])
    let covariance = x.transposed().matmul(x) / 3000
    let expected = [187.5, -125, 0, -62.5, -125, 250, 0, -125, 0, 0, 0, 0, -62.5, -125, 0, 187.5]
    for (found, value) in zip(covariance.scalars(as: Double.self), expected) {
      #expect(abs(found - value) < 20)
    }
    #expect(random.multinomial(trials: 5, weights: NDArray([1, 1])).type == .int64([2]))
  }

  @Test func choices() {
    let p = [0.2, 0.5, 0, 0.3]
    let weights = NDArray(p.map { $0 * 7 })
    check(histogram(random.choice(5, [20_000], key: key).scalars(), 5), [0.2, 0.2, 0.2, 0.2, 0.2])
    let weighted = random.choice(4, [100, 200], weights: weights, key: key)
    #expect(weighted.type == .int64([100, 200]))
    check(histogram(weighted.scalars(), 4), p)
    // Two different ones: first i, then j of the rest.
    var pairs = [Double](repeating: 0, count: 16)
    for seed in UInt64(0)..<4000 {
      let two: [Int] = random.choice(
        4, [2], replacing: false, weights: weights, key: RandomKey(seed: seed)
      ).scalars()
      pairs[two[0] * 4 + two[1]] += 1
    }
    let expected: [Double] = (0..<16).map { (pair: Int) -> Double in
      let (first, second) = (p[pair / 4], p[pair % 4])
      return pair / 4 == pair % 4 ? 0 : first * second / (1 - first)
    }
    check(pairs, expected)
    let all: [Int] = random.choice(10, [2, 5], replacing: false, key: key).scalars()
    #expect(Set(all) == Set(0..<10))
    let rows = random.choice(NDArray([[1, 2], [3, 4]]), [3], key: key)
    #expect(rows.type == .float32([3, 2]))
    #expect(random.choice(3).shape == [])
  }

  @Test func orders() {
    let x = NDArray.arange(60).reshaped([20, 3])
    let mixed = random.shuffled(x, key: key)
    #expect(mixed.shape == [20, 3] && mixed.scalars(as: Int.self) != Array(0..<60))
    #expect(mixed.scalars(as: Int.self).sorted() == Array(0..<60))
    #expect((mixed[0..., 1] - mixed[0..., 0]).scalars(as: Int.self).allSatisfy { $0 == 1 })
    var y = x
    y.shuffle(key: key)
    #expect(y.identicalBits(mixed))
    y.shuffle(axis: 1, key: key)
    #expect(y.sum(axis: 1).identicalBits(mixed.sum(axis: 1)))
  }

  @Test func zipfian() {
    let single = random.uniqueZipfian(below: 6, count: 1, rows: [20_000], key: key)
    let p = (0..<6).map { (k: Int) -> Double in log(Double(k + 2) / Double(k + 1)) / log(7.0) }
    check(histogram(single.numbers.scalars(), 6), p)
    #expect(single.tries.scalars(as: Int.self).allSatisfy { $0 == 1 })
    let many = random.uniqueZipfian(below: 1000, count: 300, rows: [2, 3], key: key)
    #expect(many.numbers.type == .int64([2, 3, 300]) && many.tries.type == .int64([2, 3]))
    for row in many.numbers.reshaped([6, 300]).nestedRows { #expect(Set(row).count == 300) }
    let all: [Int] = random.uniqueZipfian(below: 50, count: 50, key: key).numbers.scalars()
    #expect(Set(all) == Set(0..<50))
  }

  @Test func dirichlet() {
    let a = NDArray([0.5, 2, 4], dtype: .float64)
    let x = random.dirichlet(a, [20_000], key: key)
    #expect(x.type == .float64([20_000, 3]))
    #expect((x.sum(axis: -1) - 1).abs().max().item() < 1e-12)
    // Means a / s, variances m (1 - m) / (s + 1).
    let means: [Double] = x.mean(axis: 0).scalars()
    for (found, a) in zip(means, [0.5, 2, 4]) {
      let m = a / 6.5
      #expect(abs(found - m) < 5 * (m * (1 - m) / 7.5 / 20_000).squareRoot())
    }
    let tiny = random.dirichlet(NDArray([1e-3, 1e-3]), [1000], key: key)
    #expect(tiny.scalars(as: Float.self).allSatisfy { $0.isFinite })
  }

  @Test func vectors() {
    let covariance = NDArray([[2, 0.6], [0.6, 1]], dtype: .float64)
    let mean = NDArray([1, -2], dtype: .float64)
    let x = random.multivariateNormal(mean: mean, covariance: covariance, [40_000], key: key)
    #expect(x.type == .float64([40_000, 2]))
    let centered = x - mean
    let found = centered.transposed().matmul(centered) / 40_000
    #expect((found - covariance).abs().max().item() < 0.05)
    #expect((x.mean(axis: 0) - mean).abs().max().item() < 0.03)
    let batch = random.multivariateNormal(
      mean: NDArray.zeros([5, 1, 2]), covariance: NDArray.eye(2), [5, 3])
    #expect(batch.type == .float32([5, 3, 2]))
  }

  /// Draws of this suite and of `RandomTests`, from three numbers.
  static let draws: [(name: String, draw: @Sendable (NDArray) -> NDArray)] = [
    ("bernoulli", { NDArray.random.bernoulli([20, 3], probability: $0) }),
    ("integers", { NDArray.random.integers(in: -3..<9, [20]) + $0.count }),
    ("categorical", { NDArray.random.categorical(logits: $0, [20]) }),
    ("multinomial", { NDArray.random.multinomial(trials: 9, weights: $0, [20]) }),
    ("dirichlet", { NDArray.random.dirichlet($0, [20]) }),
    ("multivariateNormal", { NDArray.random.multivariateNormal(mean: $0, covariance: .eye(3)) }),
    ("choice", { NDArray.random.choice(3, [20], weights: $0) }),
    ("shuffled", { NDArray.random.shuffled($0) }),
    ("permutation", { NDArray.random.permutation(20) + $0.count }),
    ("uniqueZipfian", { NDArray.random.uniqueZipfian(below: 90, count: 20).numbers + $0.count }),
  ]

  @Test(arguments: 0..<draws.count)
  func compiledDrawsAreTheSame(number: Int) {
    let draw = Self.draws[number].draw
    let x = NDArray([0.2, 0.5, 0.3])
    let region = compile { (x: NDArray) in draw(x) }
    let eager = withSeed(2) { [draw(x), draw(x)] }
    let compiled = withSeed(2) { [region(x), region(x)] }
    #expect(zip(eager, compiled).allSatisfy { $0.identicalBits($1) }, "\(Self.draws[number].name)")
  }

  @Test func keysSplit() {
    let key = RandomKey(seed: 1, stream: 2, tick: 3)
    let keys = key.split(100) + [key] + key.folding(0).split(100) + key.folding(1).split(3)
    #expect(Set(keys).count == keys.count)
    let loops = (0..<100).map { key.inside(iteration: $0) }
    #expect(Set(keys).isDisjoint(with: loops))
    // Draws of different keys do not go together.
    let n = 20_000
    let draws = key.split(4).map { random.normal([n], key: $0, dtype: .float64) }
    for i in 0..<4 {
      for j in 0..<i {
        #expect(abs((draws[i] * draws[j]).mean().item()) < 5 / Double(n).squareRoot())
      }
    }
    // The draws inside of one call, too.
    let laplace = random.laplace([n], key: key, dtype: .float64)
    let first = random.exponential([n], key: key, dtype: .float64)
    let second = first - laplace
    #expect(abs((first * second).mean().item() - 1) < 0.05)
  }
}

extension NDArray {
  /// The rows of a matrix of integers.
  var nestedRows: [[Int]] {
    let all: [Int] = scalars()
    return (0..<shape[0]).map { Array(all[$0 * shape[1]..<($0 + 1) * shape[1]]) }
  }
}
