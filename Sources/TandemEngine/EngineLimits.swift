/// How far user threads may run ahead of an engine before a push makes them wait.
///
/// Checked at every 64th push of a thread and at pushes that declare a megabyte or more; never for
/// pushes by operations, workers and threads that called ``Engine/neverBlockCurrentThread()``.
public struct EngineLimits: Sendable {
  /// Operations that are queued or running.
  public var operationsInFlightMax: Int
  /// The sum of their ``OperationOptions/declaredBytes``.
  public var declaredBytesInFlightMax: Int

  public init(operationsInFlightMax: Int = 65_536, declaredBytesInFlightMax: Int = .max) {
    self.operationsInFlightMax = operationsInFlightMax
    self.declaredBytesInFlightMax = declaredBytesInFlightMax
  }
}
