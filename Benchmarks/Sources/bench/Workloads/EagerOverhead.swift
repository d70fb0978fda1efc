import Tandem

extension Workload {
  /// `zeros(1)`, then 10,000 times `x = x + 1`: what an operation costs that computes nothing.
  static let eagerOverhead = overhead("eager_overhead", elements: 1)

  /// The same on 1,000 elements.
  static let eagerOverhead1k = overhead("eager_overhead_1k", elements: 1000)

  private static func overhead(_ name: String, elements: Int) -> Workload {
    let count = 10_000
    return Workload(
      name, warmUps: 1, inner: 1, .nanosecondsPerOperation, work: Double(count),
      bound: .operations(Double(elements * count))
    ) {
      {
        var x = NDArray.zeros([elements])
        for _ in 0..<count { x = x + 1 }
        return x
      }
    }
  }
}
