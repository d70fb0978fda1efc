import TandemShapes

/// The numbers of words or characters: which there are, the most frequent first, those of one count
/// in the order of their text.
///
///     let vocabulary = Vocabulary(words(of: text), atLeast: 2, unknown: "<unk>")
///     let numbers = try vocabulary.encode(words(of: text))
public struct Vocabulary: Hashable, Sendable {
  /// All tokens by their number.
  public let tokens: [String]
  /// What stands for tokens that are not there, if anything does.
  public let unknown: String?
  private let numbers: [String: Int]

  /// The tokens of a text.
  ///
  /// - Parameters:
  ///   - text: tokens, counted.
  ///   - count: how often a token must be there to get a number.
  ///   - largest: at most so many tokens, reserved ones included.
  ///   - reserved: get the first numbers, in this order, whether they are there or not.
  ///   - unknown: stands for tokens without a number; gets the number after the reserved ones,
  ///     unless it is one of them.
  public init(
    _ text: some Sequence<String>, atLeast count: Int = 1, largest: Int = .max,
    reserved: [String] = [], unknown: String? = nil
  ) {
    var counts: [String: Int] = [:]
    for token in text { counts[token, default: 0] += 1 }
    var tokens = reserved
    if let unknown, !tokens.contains(unknown) { tokens.append(unknown) }
    for token in tokens { counts[token] = nil }
    let frequent = counts.filter { $0.value >= count }.sorted {
      $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key
    }
    tokens += frequent.prefix(max(0, largest - tokens.count)).map(\.key)
    self.init(tokens: tokens, unknown: unknown)
  }

  /// Tokens with the numbers of their places; the first place counts where one is there twice.
  public init(tokens: [String], unknown: String? = nil) {
    (self.tokens, self.unknown) = (tokens, unknown)
    numbers = Dictionary(zip(tokens, tokens.indices)) { first, _ in first }
  }

  /// The number of tokens.
  public var count: Int { tokens.count }

  /// The number of a token; that of the unknown one, if there is one, for those without.
  public subscript(token: String) -> Int? {
    numbers[token] ?? unknown.flatMap { numbers[$0] }
  }

  /// The numbers of tokens.
  ///
  /// - Throws: `DataSetError` that names a token without a number, and its place.
  public func encode(_ text: some Sequence<String>) throws(DataSetError) -> [Int32] {
    var result: [Int32] = []
    for token in text {
      guard let number = self[token] else {
        throw DataSetError(
          .malformed, "vocabulary: unknown token \"\(token.prefix(40))\" at place \(result.count)")
      }
      result.append(Int32(number))
    }
    return result
  }

  /// The tokens of numbers.
  ///
  /// - Throws: `DataSetError` that names a number that no token has.
  public func decode(_ numbers: some Sequence<Int>) throws(DataSetError) -> [String] {
    var result: [String] = []
    for number in numbers {
      guard tokens.indices.contains(number) else {
        throw DataSetError(.malformed, "vocabulary: no token \(number) of \(count)")
      }
      result.append(tokens[number])
    }
    return result
  }
}

/// The words of a text: what stands between spaces, tabs and line ends.
///
/// - Parameter lineEnd: is put where a line ends, as language models are usually given it.
public func words(of text: String, lineEnd: String? = nil) -> [String] {
  guard let lineEnd else { return text.split(whereSeparator: \.isWhitespace).map(String.init) }
  var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  if lines.last?.isEmpty == true { lines.removeLast() }
  return lines.flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) + [lineEnd] }
}

/// The characters of a text, each by itself, line ends included.
public func characters(of text: String) -> [String] { text.unicodeScalars.map { String($0) } }
