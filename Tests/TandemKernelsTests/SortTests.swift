import TandemKernels
import TandemShapes
import TandemThreads
import TestSupport
import Testing

/// Long and short lines of all kinds: what comes out is the one permutation that a stable sort has.
@Suite struct SortTests {
  enum Kind: CaseIterable {
    case normal, few, rising, falling, equal, strange, skewed

    func values(_ count: Int, _ random: inout SplitMix) -> [Double] {
      (0..<count).map { index in
        let unit = Double.random(in: -1...1, using: &random)
        switch self {
        case .normal: return (unit * 1000).rounded() + Double.random(in: 0..<1, using: &random)
        case .few: return (unit * 5).rounded()
        case .rising: return Double(index / 3)
        case .falling: return Double(-index / 3)
        case .equal: return 7
        case .strange:
          return [0.0, -0.0, .nan, .infinity, -.infinity, unit * 4].randomElement(using: &random)!
        case .skewed: return index == 5 ? 0x1p60 : (unit * 300).rounded()
        }
      }
    }
  }

  /// What is wrong with an order of values: it must rise (or fall), equal ones by position, NaN
  /// last.
  private static func complaint(
    _ x: [Double], _ order: [Double], descending: Bool
  ) -> String? {
    var seen = [Bool](repeating: false, count: x.count)
    for (place, index) in order.enumerated() {
      let at = Int(index)
      if seen[at] { return "\(at) appears twice" }
      seen[at] = true
      guard place > 0 else { continue }
      let before = Int(order[place - 1])
      let (a, b) = (x[before], x[at])
      let inOrder: Bool
      if a.isNaN || b.isNaN {
        inOrder = b.isNaN && (!a.isNaN || before < at)
      } else {
        inOrder = a == b ? before < at : (a < b) != descending
      }
      if !inOrder { return "\(a) at \(before) comes before \(b) at \(at)" }
    }
    return nil
  }

  private static func check(
    _ values: [Double], _ dtype: DType, descending: Bool, _ arrangement: Arrangement,
    in context: ParallelContext
  ) throws -> String? {
    let shape = Shape([values.count])
    let x = SampleArray(values, shape, dtype, arrangement)
    let (order, sorted) = (SampleArray(shape, .int64), SampleArray(shape, dtype, arrangement))
    try run(ArgSort(axis: 0, descending: descending), [order, x], in: context)
    try run(Sort(axis: 0, descending: descending), [sorted, x], in: context)
    let (source, places, result) = (x.values, order.values, sorted.values)
    if let complaint = complaint(source, places, descending: descending) { return complaint }
    for (place, value) in zip(places, result) {
      let wanted = source[Int(place)]
      if !wanted.matches(value) || wanted.sign != value.sign { return "\(value), not \(wanted)" }
    }
    for k in [1, 10, values.count / 3] where k <= values.count {
      let (best, where_) = (SampleArray([k], dtype), SampleArray([k], .int64))
      try run(TopK(axis: 0, largest: descending), [best, where_, x], in: context)
      if where_.values != Array(places[..<k]) { return "another top \(k)" }
      if !zip(best.values, result).allSatisfy({ $0.matches($1) }) { return "other values" }
    }
    return nil
  }

  @Test(arguments: [DType.float32, .float64, .float16, .bfloat16, .int8, .uint16, .int32, .int64])
  func longLines(_ dtype: DType) throws {
    var random = SplitMix(seed: 11)
    for (number, kind) in Kind.allCases.enumerated() {
      if dtype.isInteger && (kind == .strange || (kind == .skewed && dtype != .int64)) { continue }
      var values = kind.values(140_000, &random)
      if dtype == .float16 || dtype == .bfloat16 { values = values.map { $0.isFinite ? $0 : .nan } }
      if dtype == .int8 { values = values.map { $0.remainder(dividingBy: 100).rounded() } }
      if dtype == .uint16 { values = values.map { abs($0.rounded()) } }
      if dtype.isInteger { values = values.map { $0.rounded() } }
      let complaint = try Self.check(
        values, dtype, descending: number % 2 == 1, .allCases[number % 3],
        in: WorkerTeam.shared.context)
      #expect(complaint == nil, "\(dtype) \(kind)")
    }
  }

  @Test(arguments: [1, 2, 3, 24, 25, 64, 65, 300, 5000, 20_000])
  func lines(_ count: Int) throws {
    var random = SplitMix(seed: 12)
    for kind in Kind.allCases {
      for descending in [false, true] {
        let complaint = try Self.check(
          kind.values(count, &random), .float32, descending: descending, .dense, in: .serial)
        #expect(complaint == nil, "\(kind) \(count)")
      }
    }
  }

  /// Keys that agree in all leading digits, in which insertion alone would be quadratic.
  @Test func closeKeys() throws {
    let count = 30_000
    let values = (0..<count).map { $0 == 0 ? 0 : 0x1p61 + Double(($0 * 7919) % count) * 512 }
    let complaint = try Self.check(values, .int64, descending: false, .dense, in: .serial)
    #expect(complaint == nil)
  }

  @Test func threadsAgreeOnLongLines() throws {
    var random = SplitMix(seed: 13)
    let shape: Shape = [3, 150_000]
    let x = SampleArray(Kind.normal.values(shape.elementCount, &random), shape, .float32)
    var first: [[UInt8]]?
    for threads in [1, 2, 4] {
      let team = WorkerTeam(threads: threads)
      let (order, sorted) = (SampleArray(shape, .int64), SampleArray(shape, .float32))
      try run(ArgSort(axis: 1), [order, x], in: team.context)
      try run(Sort(axis: 1), [sorted, x], in: team.context)
      #expect(first ?? [order.bytes, sorted.bytes] == [order.bytes, sorted.bytes])
      first = first ?? [order.bytes, sorted.bytes]
      team.shutdown()
    }
  }
}
