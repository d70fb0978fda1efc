/// How whoever carries an ``AsynchronousPrimitive`` out says that it has ended.
///
/// ```swift
/// socket.receive(into: operands[0], within: .seconds(5)) { event in
///   switch event {
///   case .received: done(nil)
///   case .failed(let reason): done(KernelFailure(reason))
///   // The kernel may still fill the buffer, which is kept until `done` is called.
///   case .timeIsOver: done.giveUp(KernelFailure("no answer within 5 s"))
///   }
/// }
/// ```
public struct AsynchronousEnd: Sendable {
  private let end: @Sendable (KernelFailure?) -> Void
  private let abandon: @Sendable (KernelFailure) -> Bool

  /// - Parameters:
  ///   - end: ends the operation.
  ///   - giveUp: lets it fail before its end; false if it has ended.
  public init(
    _ end: @escaping @Sendable (KernelFailure?) -> Void,
    giveUp: @escaping @Sendable (KernelFailure) -> Bool
  ) {
    (self.end, abandon) = (end, giveUp)
  }

  /// Says that the work has ended: nobody touches the operands any more.
  ///
  /// - Parameter failure: nothing if all went well.
  public func callAsFunction(_ failure: KernelFailure?) { end(failure) }

  /// Gives the work up before it has ended, usually because its time is over: the operator counts
  /// as failed, and what waits for it goes on, poisoned.
  ///
  /// Somebody may still be filling the outputs or reading the inputs, so their memory is kept until
  /// the end is announced all the same; until then a program must not change these arrays in place.
  ///
  /// - Returns: false if it had ended, or had been given up, before; then nothing happens.
  @discardableResult
  public func giveUp(_ failure: KernelFailure) -> Bool { abandon(failure) }
}
