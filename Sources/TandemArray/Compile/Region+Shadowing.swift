// Shadow mode: a call is computed twice, compiled and operator by operator, and the bits compared.
// Calls that a tape records are only run compiled, and so are fast regions, whose bits may differ,
// and regions with asynchronous operators, which each run has done once.

private import Glibc
import TandemGraph

extension Region {
  /// Computes a call both ways; stops with a message that names the first result or state whose
  /// bits differ.
  func shadow(
    _ frame: RegionFrame, _ mode: CallMode, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) {
    let random = RandomState.current
    let key = random.upcoming
    let (known, mismatch) = entry(for: frame.arguments, mode)
    let trace = (known ?? traced(frame, mode, mismatch, isFoundAgain: true, body)).program.trace
    // What is sent twice is not what one call sends.
    if trace.graph.nodes.contains(where: \.isAsynchronous) {
      random.upcoming = key
      return callCompiled(frame, mode, body)
    }
    let states = trace.writes + trace.clears
    let before = states.map(\.current)
    random.upcoming = key
    callEagerly(frame, body)
    let eager = frame.results + states.map(\.current)
    for (state, value) in zip(states, before) { state.set(value) }
    random.upcoming = key
    frame.results.removeAll(keepingCapacity: true)
    callCompiled(frame, mode, body)
    let compiled = frame.results + states.map(\.current)
    let names =
      frame.results.indices.map { "result \($0)" } + states.map { "\($0)" }
    for (name, (a, b)) in zip(names, zip(eager, compiled)) {
      if let difference = Region.difference(a, b) {
        fail("compile: \(name) differs from eager: \(difference)", at: frame.site)
      }
    }
  }

  /// How what a call computed differs from eager, in words.
  private static func difference(_ eager: NDArray?, _ compiled: NDArray?) -> String? {
    guard let eager, let compiled else {
      if eager == nil && compiled == nil { return nil }
      return eager == nil ? "nothing, compiled an array" : "an array, compiled nothing"
    }
    guard eager.type == compiled.type else { return "\(eager.type), compiled \(compiled.type)" }
    do {
      guard let found = try eager.bitDifference(to: compiled) else { return nil }
      return "element \(found.element) of \(eager.type): \(found.own), compiled \(found.other)"
    } catch {
      // What fails in both has no bits to compare.
      return eager.isComputed == compiled.isComputed ? nil : "\(error)"
    }
  }
}

extension NDArray {
  /// Whether the array was computed without an error; waits for it.
  fileprivate var isComputed: Bool { (try? withUnsafeBytes { _ in true }) ?? false }

  /// The first element whose bits differ, with both values; `nil` if all are the same. All NaNs are
  /// the same, as their signs and payloads follow from the order of operands.
  ///
  /// - Parameter other: of the same type.
  func bitDifference(
    to other: NDArray
  ) throws -> (element: Int, own: ScalarValue, other: ScalarValue)? {
    try withUnsafeBytes { own in
      try other.withUnsafeBytes { others in
        // A complex number is two floats.
        let parts = dtype.kind == .complex ? 2 : 1
        let part: DType =
          switch dtype {
          case .complex64: .float32
          case .complex128: .float64
          default: dtype
          }
        let size = part.byteCount
        guard let (a, b) = own.baseAddress.flatMap({ a in others.baseAddress.map { (a, $0) } })
        else { return nil }
        for place in 0..<own.count / size {
          let offset = place * size
          if memcmp(a + offset, b + offset, size) == 0 { continue }
          let values = [a, b].map { ElementCodec.load(part, at: $0 + offset) }
          if part.isFloatingPoint, values.allSatisfy({ $0.double.isNaN }) { continue }
          return (place / parts, values[0], values[1])
        }
        return nil
      }
    }
  }
}
