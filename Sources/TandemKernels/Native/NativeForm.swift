/// How a kernel finds its operands: a letter for each, outputs first. The table is in
/// `tandem_native.h`.
struct NativeForm: Hashable {
  enum Letter: Character {
    /// Elements of the dtype, one after another.
    case elements = "d"
    /// The same elements for every row.
    case shared = "s"
    /// Elements one after another, written past the caches.
    case streamed = "n"
    /// Elements of the class, one after another.
    case tile = "t"
    /// One element for each row.
    case rowElement = "b"
    /// Accumulators of blocks.
    case accumulators = "r"
    case nothing = "-"
  }

  let operands: [Letter]
  let outputCount: Int

  init?(_ letters: String, outputCount: Int) {
    operands = letters.compactMap(Letter.init)
    self.outputCount = outputCount
    guard operands.count == letters.count else { return nil }
  }

  var letters: String { String(operands.map(\.rawValue)) }
  var outputs: ArraySlice<Letter> { operands[..<outputCount] }
  /// Whether something is written past the caches.
  var streams: Bool { outputs.contains(.streamed) }
}
