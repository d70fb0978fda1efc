import TandemShapes
import TandemThreads

/// Fills an array with bytes that are known beforehand.
///
/// | operand | shape | layout    |
/// | ------- | ----- | --------- |
/// | out     | any   | row-major |
///
/// - Complexity: O(bytes).
public struct CopyBytes: Primitive {
  /// All elements in row-major order, as many bytes as `out` takes.
  public let bytes: [UInt8]

  /// The primitive with these attributes.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      operands[0].start.copyMemory(from: source, byteCount: bytes.count)
    }
  }
}
