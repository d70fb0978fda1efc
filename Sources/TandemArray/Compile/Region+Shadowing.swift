// Shadow mode: a call is computed twice, compiled and operator by operator, and the bits compared.

extension Region {
  /// Computes a call both ways; stops with a message that names the first result or state whose
  /// bits differ.
  func shadow(
    _ frame: RegionFrame, _ mode: CallMode, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) {
    let random = RandomState.current
    let key = random.upcoming
    let entry = entry(for: frame.arguments, mode) ?? traced(frame, mode, nil, body)
    let writes = entry.program.trace.writes
    let before = writes.map(\.current)
    random.upcoming = key
    callEagerly(frame, body)
    let eager = frame.results + writes.compactMap(\.current)
    for (state, value) in zip(writes, before) { if let value { state.set(value) } }
    random.upcoming = key
    frame.results.removeAll(keepingCapacity: true)
    callCompiled(frame, mode, body)
    let compiled = frame.results + writes.compactMap(\.current)
    let names =
      frame.results.indices.map { "result \($0)" } + writes.map { "\($0)" }
    for (name, (a, b)) in zip(names, zip(eager, compiled)) {
      if let difference = a.bitDifference(to: b) {
        fail("compile: \(name) differs from eager: \(difference)", at: frame.site)
      }
    }
  }
}

extension NDArray {
  /// The first element whose bits differ, with both values; `nil` if all are the same.
  fileprivate func bitDifference(to other: NDArray) -> String? {
    guard type == other.type else { return "\(type), compiled \(other.type)" }
    do {
      return try withUnsafeBytes { own in
        try other.withUnsafeBytes { others in
          let size = dtype.byteCount
          guard let place = own.indices.first(where: { own[$0] != others[$0] }) else { return nil }
          let element = place / size * size
          guard let (a, b) = own.baseAddress.flatMap({ a in others.baseAddress.map { (a, $0) } })
          else { return nil }
          let values = [a, b].map { ElementCodec.load(dtype, at: $0 + element) }
          return "element \(element / size) of \(type): \(values[0]), compiled \(values[1])"
        }
      }
    } catch {
      return "\(error)"
    }
  }
}
