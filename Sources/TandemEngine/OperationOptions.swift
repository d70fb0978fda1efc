/// How urgent an operation is among those that are ready.
public enum Priority: UInt8, CaseIterable, Comparable, Sendable {
  /// Runs before all others: what the network or another machine waits for.
  case urgent
  /// Before the usual work: gradients that are about to be sent.
  case high
  /// The usual work.
  case normal
  /// When nothing else is ready: prefetching, checkpoints.
  case low

  /// More urgent compares as greater.
  public static func < (lhs: Priority, rhs: Priority) -> Bool { lhs.rawValue > rhs.rawValue }
}

/// What else the engine should know about an operation; the defaults suit a usual one.
public struct OperationOptions: Sendable {
  /// How urgent it is once it is ready.
  public var priority: Priority
  /// Takes less than a microsecond: is run by the pushing thread when nothing is in its way.
  public var isTiny: Bool
  /// Must have run before the process exits, as a file write.
  public var finishesBeforeExit: Bool
  /// The module that queues it, such as `blocks.3.attention`.
  public var modulePath: EngineLabel
  /// How many bytes of fresh output it keeps alive while it is queued; bounds how far user threads
  /// may run ahead.
  public var declaredBytes: Int

  @inlinable
  public init(
    priority: Priority = .normal, isTiny: Bool = false, finishesBeforeExit: Bool = false,
    modulePath: EngineLabel = .none, declaredBytes: Int = 0
  ) {
    (self.priority, self.isTiny, self.finishesBeforeExit) = (priority, isTiny, finishesBeforeExit)
    (self.modulePath, self.declaredBytes) = (modulePath, declaredBytes)
  }

  /// A usual operation.
  @inlinable
  public static var standard: OperationOptions { OperationOptions() }

  /// A tiny one; see ``isTiny``.
  @inlinable
  public static var tiny: OperationOptions { OperationOptions(isTiny: true) }
}
