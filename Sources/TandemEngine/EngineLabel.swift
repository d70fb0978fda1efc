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
  /// it should come from a set that does not grow: operators, modules.
  public init(interning text: String) {
    guard !text.isEmpty else {
      self = .none
      return
    }
    word = EngineLabel.interned.withLock { interned in
      if let word = interned[text] { return word }
      let word = UInt(bitPattern: strdup(text))
      interned[text] = word
      return word
    }
  }

  private static let interned = Guarded<[String: UInt]>([:])
}

extension EngineLabel: CustomStringConvertible {
  /// The text; empty for ``none``.
  public var description: String {
    UnsafePointer<CChar>(bitPattern: word).map { String(cString: $0) } ?? ""
  }
}
