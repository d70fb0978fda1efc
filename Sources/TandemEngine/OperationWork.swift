/// How much one operation moves and computes, for profiles.
public struct OperationWork: Hashable, Sendable {
  /// Bytes that it reads and writes; zero if unknown.
  public var bytes: Int
  /// Floating-point operations; a multiply-add counts as two; zero if unknown.
  public var floatingPointOperations: Int

  public init(bytes: Int = 0, floatingPointOperations: Int = 0) {
    (self.bytes, self.floatingPointOperations) = (bytes, floatingPointOperations)
  }

  /// Nothing is declared.
  public static let unknown = OperationWork()
}
