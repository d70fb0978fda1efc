import CTandem
import TandemShapes
import TandemThreads

/// One step of an LSTM after its matrix products, feature-major: the gates' activations, the new
/// state `c' = f c + i g` and the output `h = o tanh(c')`.
///
/// | operand | shape |
/// | --- | --- |
/// | gates, in place: input, forget, cell, output | `[4 * hidden, batch]` |
/// | state after, output | `[hidden, batch]` |
/// | the output again, any strides | `[batch, hidden]` |
/// | state before | `[hidden, batch]` |
///
/// All but the third are row-major; one dtype, float32 or float64. States before and after may be
/// the same memory.
///
/// - Complexity: O(hidden · batch).
/// - Reference: Hochreiter and Schmidhuber, *Long Short-Term Memory*, Neural Computation, 1997.
public struct LSTMCell: Primitive {
  /// The primitive; it has no attributes.
  public init() {}

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (gates, after, output, result) = (operands[0], operands[1], operands[2], operands[3])
    var work = tandem_lstm_cell()
    work.type = Int32(gates.dtype.rawValue)
    (work.hidden, work.batch) = (Int64(after.shape[0]), Int64(after.shape[1]))
    (work.gates, work.after, work.output) = (gates.start, after.start, output.start)
    work.before = .init(operands[4].start)
    work.result = result.start
    (work.batchStride, work.featureStride) = result.strides
    withUnsafePointer(to: work) { work in
      forEachCellChunk(after.shape, in: context) { range in
        tandem_lstm_cell_forward(work, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }
}

/// The gradients of ``LSTMCell``.
///
/// | operand | shape |
/// | --- | --- |
/// | gradient of the gates before their activations | `[4 * hidden, batch]` |
/// | gradient of the state after, in place that of the state before | `[hidden, batch]` |
/// | gates after their activations | `[4 * hidden, batch]` |
/// | state after, state before | `[hidden, batch]` |
/// | gradient of the output from the next step | `[hidden, batch]` |
/// | gradient of the output from outside, any strides | `[batch, hidden]` |
///
/// - Complexity: O(hidden · batch).
public struct LSTMCellGradient: Primitive {
  /// The primitive; it has no attributes.
  public init() {}

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (dGates, dState, gates, after) = (operands[0], operands[1], operands[2], operands[3])
    var work = tandem_lstm_cell_back()
    work.type = Int32(gates.dtype.rawValue)
    (work.hidden, work.batch) = (Int64(after.shape[0]), Int64(after.shape[1]))
    (work.dGates, work.dState) = (dGates.start, dState.start)
    (work.gates, work.after) = (.init(gates.start), .init(after.start))
    (work.before, work.dOutput) = (.init(operands[4].start), .init(operands[5].start))
    work.dResult = .init(operands[6].start)
    (work.batchStride, work.featureStride) = operands[6].strides
    withUnsafePointer(to: work) { work in
      forEachCellChunk(after.shape, in: context) { range in
        tandem_lstm_cell_backward(work, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }
}

extension Operand {
  /// The strides of a matrix in elements.
  fileprivate var strides: (Int64, Int64) { (Int64(layout.stride(0)), Int64(layout.stride(1))) }
}

/// Cuts the features of a cell into chunks of 1 Ki elements.
private func forEachCellChunk(
  _ shape: Shape, in context: ParallelContext, _ body: (Range<Int>) -> Void
) {
  let size = max(1, (1 << 10) / max(shape[1], 1))
  forEachChunk(of: shape[0], size: size, in: context) { body($1) }
}
