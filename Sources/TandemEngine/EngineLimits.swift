import TandemThreads

/// How far user threads may run ahead of an engine before a push makes them wait.
///
/// A program that runs ahead gains nothing after a few milliseconds of queued work, but its memory
/// grows and its progress bar lies: a step of a small network is about 60 operations, so the usual
/// limit is some thirty steps.
///
/// Checked at every 64th push of a thread and at pushes that declare a megabyte or more; never for
/// pushes by operations, workers and threads that called ``Engine/neverBlockCurrentThread()``.
public struct EngineLimits: Sendable {
  /// Operations that are queued or running.
  public var operationsInFlightMax: Int
  /// The sum of their ``OperationOptions/declaredBytes``.
  public var declaredBytesInFlightMax: Int

  /// - Parameter declaredBytesInFlightMax: by default half of the memory that the process may use.
  public init(
    operationsInFlightMax: Int = 2048,
    declaredBytesInFlightMax: Int = EngineLimits.halfOfMemory
  ) {
    self.operationsInFlightMax = operationsInFlightMax
    self.declaredBytesInFlightMax = declaredBytesInFlightMax
  }

  /// Which bound holds a push back, for reports.
  func description(of now: InFlight) -> String {
    now.operations > operationsInFlightMax / 2
      ? "\(now.operations) operations are in flight, it goes on at \(operationsInFlightMax / 2)"
      : "operations in flight declare \(now.kilobytes) KiB, it goes on at "
        + "\(declaredBytesInFlightMax >> 10 / 2) KiB"
  }

  /// Half of the memory that the process may use, in bytes.
  public static let halfOfMemory = MemoryQuota.memory / 2
}
