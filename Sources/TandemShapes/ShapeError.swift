/// Arguments that do not fit together: what is wrong, in the words that the user reads.
///
/// The eager front end turns it into ``fail(_:at:)`` on the caller's line; code that takes outside
/// input (files, servers) lets it propagate.
public struct ShapeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `operator: what is wrong: the values`.
  public let message: String

  /// An error in words: `operator: what is wrong: the values`.
  public init(_ message: String) { self.message = message }

  public var description: String { message }
}

/// Throws a ``ShapeError`` that ends in the types of all operands unless a condition holds.
public func require(
  _ condition: Bool, _ complaint: @autoclosure () -> String, _ types: TensorTypes
) throws(ShapeError) {
  if !condition { throw ShapeError("\(complaint()): \(types)") }
}
