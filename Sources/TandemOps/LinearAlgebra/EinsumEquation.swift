/// What an `einsum` equation says, with one label for each axis of each operand.
///
/// Letters are labels by their code points; the axes that `...` stands for get the labels −1, −2, …
/// counted from the last one, so that they line up as in broadcasting.
struct EinsumEquation: Hashable {
  /// The labels of the operands' axes.
  let operands: [[Int]]
  /// The labels of the result's axes.
  let result: [Int]

  /// Reads an equation such as `"bij,bjk->bik"`; without an arrow the result has the letters that
  /// occur once, in alphabetical order, after what `...` stands for.
  ///
  /// - Parameter ranks: the number of axes of each operand.
  /// - Throws: `ShapeError` that names what is wrong.
  init(_ text: String, ranks: [Int]) throws(ShapeError) {
    let sides = try EinsumEquation.sides(of: text)
    let terms = sides.operands
    guard terms.count == ranks.count else {
      throw ShapeError("\"\(text)\" names \(terms.count) operands, not \(ranks.count)")
    }
    var operands: [[Int]] = []
    for (term, rank) in zip(terms, ranks) {
      operands.append(try EinsumEquation.labels(of: term, in: text, rank: rank))
    }
    self.operands = operands
    let all = operands.flatMap { $0 }
    let ellipsis = Set(all.filter { $0 < 0 }).sorted()
    guard let right = sides.result else {
      var counts: [Int: Int] = [:]
      for label in all { counts[label, default: 0] += 1 }
      result = ellipsis + counts.filter { $0.key >= 0 && $0.value == 1 }.keys.sorted()
      return
    }
    result = try EinsumEquation.resultLabels(of: right, in: text, ellipsis: ellipsis)
    for (index, label) in result.enumerated() {
      guard label < 0 || all.contains(label) else {
        throw ShapeError("\"\(text)\" has no operand with \(EinsumEquation.name(label))")
      }
      guard !result[..<index].contains(label) else {
        throw ShapeError("\"\(text)\" has \(EinsumEquation.name(label)) twice in the result")
      }
    }
  }

  /// The letter of a label, quoted; `...` for an axis that an ellipsis stands for.
  static func name(_ label: Int) -> String {
    guard label >= 0, let scalar = Unicode.Scalar(UInt32(label)) else { return "'...'" }
    return "'\(Character(scalar))'"
  }

  private static func sides(
    of text: String
  ) throws(ShapeError) -> (operands: [[Character]], result: [Character]?) {
    let characters = Array(text.filter { $0 != " " })
    let arrow = characters.indices.first {
      characters[$0] == "-" && $0 + 1 < characters.count && characters[$0 + 1] == ">"
    }
    let left = arrow.map { characters[..<$0] } ?? characters[...]
    let right = arrow.map { Array(characters[($0 + 2)...]) }
    for character in Array(left) + (right ?? []) {
      let isLabel = character.isASCII && character.isLetter
      guard isLabel || character == "." || (character == "," && right?.contains(",") != true) else {
        throw ShapeError("\"\(text)\" has '\(character)', which is not a letter")
      }
    }
    let terms = left.split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    return (terms, right)
  }

  /// The labels of one term before or after its ellipsis; `nil` if it has none.
  private static func parts(
    of term: [Character], in text: String
  ) throws(ShapeError) -> (before: [Int], after: [Int]?) {
    let codes = term.map { $0 == "." ? -1 : Int($0.unicodeScalars.first?.value ?? 0) }
    guard let dot = codes.firstIndex(of: -1) else { return (codes, nil) }
    guard codes.count >= dot + 3, codes[dot + 1] == -1, codes[dot + 2] == -1,
      !codes[(dot + 3)...].contains(-1)
    else { throw ShapeError("\"\(text)\" has dots that are not one '...'") }
    return (Array(codes[..<dot]), Array(codes[(dot + 3)...]))
  }

  private static func labels(
    of term: [Character], in text: String, rank: Int
  ) throws(ShapeError) -> [Int] {
    let (before, after) = try parts(of: term, in: text)
    let named = before.count + (after?.count ?? 0)
    guard after == nil ? named == rank : named <= rank else {
      throw ShapeError(
        "\"\(text)\" gives \"\(String(term))\" to an operand with \(rank) axes")
    }
    let hidden = (0..<rank - named).map { $0 - (rank - named) }
    return before + hidden + (after ?? [])
  }

  private static func resultLabels(
    of term: [Character], in text: String, ellipsis: [Int]
  ) throws(ShapeError) -> [Int] {
    let (before, after) = try parts(of: term, in: text)
    guard let after else { return before }
    return before + ellipsis + after
  }
}
