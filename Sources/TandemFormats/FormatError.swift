/// Why a file could not be read or written.
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of thing went wrong; more may be added.
  public struct Code: Hashable, Sendable {
    let name: String

    /// A file could not be opened, read or written.
    public static let inputOutput = Code(name: "inputOutput")
    /// A file breaks its format's rules, or is torn.
    public static let malformed = Code(name: "malformed")
    /// A file is right but holds something that this reader does not know.
    public static let unsupported = Code(name: "unsupported")
  }

  /// What kind of thing went wrong.
  public let code: Code
  /// `format: what is wrong: the values: the file`.
  public let message: String

  package init(_ code: Code, _ message: String) {
    (self.code, self.message) = (code, message)
  }

  /// The message.
  public var description: String { message }
}
