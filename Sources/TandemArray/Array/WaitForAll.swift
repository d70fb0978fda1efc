@_exported import struct TandemEngine.EngineError
import TandemEngine

/// Waits until everything that was queued is computed, on all devices (`mx.nd.waitall`).
///
/// - Parameter timeout: how long to wait at most; for ever if `nil`.
/// - Throws: `EngineError`: the first thing that went wrong and that nobody has seen, or that the
///   time is over.
public func waitForAll(timeout: Duration? = nil) throws {
  try Engine.waitForAllDevices(timeout: timeout)
}
