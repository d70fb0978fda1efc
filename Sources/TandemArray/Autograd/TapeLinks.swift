/// Which value of which tape an array is.
struct TapeLink {
  let tape: Tape
  let value: Int
}

/// What an array is on the tapes that are being recorded, innermost first. One tape, the usual
/// case, takes no memory of its own.
struct TapeLinks {
  private var first: TapeLink?
  private var rest: [TapeLink]?

  /// On no tape.
  init() {}

  /// On one tape.
  init(_ link: TapeLink) { first = link }

  /// Whether the array is on no tape.
  var isEmpty: Bool { first == nil }

  /// The links, innermost first.
  var all: [TapeLink] { first.map { [$0] + (rest ?? []) } ?? [] }

  /// Adds a tape inside of those that are there.
  mutating func insert(_ link: TapeLink) {
    if let outer = first { rest = [outer] + (rest ?? []) }
    first = link
  }

  /// The number of the array on a tape, if it is there.
  @inline(__always)
  func value(on tape: Tape) -> Int? {
    guard let first else { return nil }
    if first.tape === tape { return first.value }
    guard let rest else { return nil }
    for link in rest where link.tape === tape { return link.value }
    return nil
  }

  /// The links to tapes outside of a tape.
  func outside(of tape: Tape) -> TapeLinks {
    var result = TapeLinks()
    for link in all.reversed() where link.tape.depth < tape.depth { result.insert(link) }
    return result
  }

  /// Whether there are links to tapes outside of a tape.
  @inline(__always)
  func reachesOutside(of tape: Tape) -> Bool {
    guard let first else { return false }
    if first.tape.depth < tape.depth { return true }
    return rest?.contains { $0.tape.depth < tape.depth } ?? false
  }
}

extension ArrayHandle {
  /// This array as a tape keeps it: linked to tapes outside of that tape alone.
  func kept(by tape: Tape) -> NDArray { NDArray(alias(links: links.outside(of: tape))) }
}
