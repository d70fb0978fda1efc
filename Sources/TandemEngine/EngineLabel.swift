import Glibc
import Synchronization
import TandemThreads

/// A short text in one word: an operation's name or a module's path. Turned into a `String` only
/// when somebody reads it.
public struct EngineLabel: Hashable, Sendable, ExpressibleByStringLiteral {
  /// The address of zero-terminated UTF-8 that lives as long as the process; zero for no text.
  @usableFromInline let word: UInt

  @usableFromInline
  init(word: UInt) { self.word = word }

  /// No text.
  public static let none = EngineLabel(word: 0)

  /// The text of a literal.
  @inlinable
  public init(_ text: StaticString) {
    self.init(word: UInt(bitPattern: text.utf8Start))
  }

  /// The text of a literal.
  @inlinable
  public init(stringLiteral text: StaticString) { self.init(text) }

  /// A text that is known only at run time. Equal texts share one copy, which is kept for good, so
  /// it should come from a set that does not grow: operators, modules. No text if there are
  /// too many already.
  public init(interning text: String) {
    word = text.isEmpty ? 0 : EngineLabel.interned.withLock { $0.word(of: text) }
  }

  private static let interned = Guarded(InternedTexts(countMax: 1 << 16))
}

/// Texts that are kept for good, each once.
struct InternedTexts {
  /// How many are kept; those that come later get no word.
  let countMax: Int
  private var words: [String: UInt] = [:]

  init(countMax: Int) { self.countMax = countMax }

  /// The address of a text, zero-terminated; zero if it is empty or there is no room for it.
  mutating func word(of text: String) -> UInt {
    if text.isEmpty { return 0 }
    if let word = words[text] { return word }
    guard words.count < countMax else { return 0 }
    let word = UInt(bitPattern: strdup(text))
    words[text] = word
    return word
  }
}

extension EngineLabel: CustomStringConvertible {
  /// The text; empty for ``none``.
  public var description: String {
    UnsafePointer<CChar>(bitPattern: word).map { String(cString: $0) } ?? ""
  }
}
