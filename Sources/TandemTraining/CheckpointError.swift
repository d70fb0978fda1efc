/// Why a checkpoint could not be written or read.
public struct CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of thing went wrong; more may be added.
  public struct Code: Hashable, Sendable {
    let name: String

    /// None of the files in the folder is whole.
    public static let damaged = Code(name: "damaged")
    /// A whole checkpoint is of another model or optimizer.
    public static let unfit = Code(name: "unfit")
    /// The folder cannot be made, read or written.
    public static let inputOutput = Code(name: "inputOutput")
  }

  /// What kind of thing went wrong.
  public let code: Code
  /// `checkpoint: what is wrong: the values: the file`.
  public let message: String

  init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

  /// The message.
  public var description: String { message }
}
