import TandemShapes
import TandemThreads

/// A primitive that a thread only starts: a file is written, something is sent or awaited, and
/// whoever ends that calls back.
///
/// Operators that lower to one say so by `Op.isAsynchronous`. It is the last step of its operator's
/// program; what comes before it puts the operands where it wants them.
public protocol AsynchronousPrimitive: Primitive {
  /// Starts the work and returns; never waits.
  ///
  /// - Parameters:
  ///   - operands: outputs first, then inputs; their memory stays as it is, and nobody else touches
  ///     it, until `done` is called. Outputs are all written before a success is announced.
  ///   - scalars: numbers known only at the call.
  ///   - context: the threads to use.
  ///   - done: called once, from any thread, before or after this returns: with nothing if all went
  ///     well, else with what went wrong; then outputs count as lost. What takes too long may be
  ///     given up before; see ``AsynchronousEnd/giveUp(_:)``.
  /// - Throws: `KernelFailure` if it cannot be started; then `done` is not called.
  func start(
    _ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext,
    done: AsynchronousEnd
  ) throws(KernelFailure)

  /// Whether it must have ended before the process exits, as a file write.
  var finishesBeforeExit: Bool { get }
}

extension AsynchronousPrimitive {
  /// False.
  public var finishesBeforeExit: Bool { false }

  /// Refuses: inside of another kernel nobody may wait for it.
  public func run(
    _ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext
  ) throws(KernelFailure) {
    throw KernelFailure("an asynchronous operator cannot run inside of a kernel")
  }
}
