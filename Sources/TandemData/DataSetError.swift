/// Why a data set could not be read.
public struct DataSetError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of thing went wrong; more may be added.
  public struct Code: Hashable, Sendable {
    let name: String

    /// A file could not be opened, read or written.
    public static let inputOutput = Code(name: "inputOutput")
    /// Some files of a set are there and others are not.
    public static let missing = Code(name: "missing")
    /// A file is not what its name says, or is torn.
    public static let malformed = Code(name: "malformed")
    /// A download has another checksum than the file that was wanted.
    public static let checksum = Code(name: "checksum")
    /// There is no way to the files: the server cannot be reached, refuses or takes too long, or
    /// there is no cache that could take them.
    public static let unreachable = Code(name: "unreachable")
  }

  /// What kind of thing went wrong.
  public let code: Code
  /// `reader: what is wrong: the values`.
  public let message: String

  init(_ code: Code, _ message: String) {
    (self.code, self.message) = (code, message)
  }

  /// The message.
  public var description: String { message }
}
