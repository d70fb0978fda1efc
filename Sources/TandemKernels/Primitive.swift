import TandemShapes
import TandemThreads

/// One of the dozen device-neutral things that a device can do; every operator lowers to these.
///
/// A primitive is plain data, validated before it is made: `run` may rely on shapes and dtypes.
/// Its documentation says which operands it takes; outputs come first.
public protocol Primitive: Hashable, Sendable {
  /// Computes the outputs from the inputs on the CPU.
  ///
  /// - Parameters:
  ///   - operands: outputs first, then inputs, as the primitive documents. Outputs never overlap
  ///     inputs unless the primitive says that they may.
  ///   - scalars: numbers known only at the call (weak Swift scalars, optimizer steps).
  ///   - context: the threads to use. Bits never depend on it.
  /// - Throws: `KernelFailure` for what only the data can show (a matrix that is not positive
  ///   definite, an index out of range); thrown before the first byte of an output is written, or
  ///   with outputs to be considered lost.
  func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)

  /// Floating-point operations that a run takes, a multiply-add counted as two; for profiles. Zero,
  /// the default, for what only moves elements.
  ///
  /// - Parameter shapes: of the operands, in their order.
  func floatingPointOperations(_ shapes: [Shape]) -> Int

  /// Whether an output may be given exactly the memory of an input: same base, layout and dtype.
  /// False, the default, if no overlap is allowed.
  ///
  /// - Parameters:
  ///   - output: the position among the outputs.
  ///   - input: the position among the inputs.
  func mayOverwrite(input: Int, by output: Int) -> Bool

  /// About how many bytes a run takes from the pool for itself, where that may be much; zero, the
  /// default, where it is little. For memory plans.
  ///
  /// - Parameter operands: in their order.
  func workspaceBytes(_ operands: [(layout: Layout, dtype: DType)]) -> Int
}

extension Primitive {
  /// Zero.
  public func floatingPointOperations(_ shapes: [Shape]) -> Int { 0 }

  /// Zero.
  public func workspaceBytes(_ operands: [(layout: Layout, dtype: DType)]) -> Int { 0 }

  /// False.
  public func mayOverwrite(input: Int, by output: Int) -> Bool { false }
}

/// A primitive that may throw for what only the data can show; the engine remembers in which layer
/// it was called.
public protocol FalliblePrimitive: Primitive {}

/// What went wrong while a kernel ran, in words: `leading minor 2 is not positive`.
public struct KernelFailure: Error, Hashable, Sendable {
  /// What is wrong, lower case, no full stop.
  public let message: String

  /// A failure in words.
  public init(_ message: String) { self.message = message }
}
