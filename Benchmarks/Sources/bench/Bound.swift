import CBounds
import Foundation

/// What no program on this machine can beat: the time that a unit's bytes or operations take at the
/// speed that a plain loop reaches here.
enum Bound: Sendable {
  /// Bytes that must be read and written once, beyond every cache.
  case bytes(Double)
  /// float32 operations, a multiply-add counted as two.
  case operations(Double)

  /// The shortest time of a unit, and the words for what bounds it; measures the machine.
  func seconds(threads: Int) -> (seconds: Double, reason: String) {
    switch self {
    case .bytes(let bytes):
      let speed = bounds_stream_bytes_per_second(Int32(threads))
      return (bytes / speed, "memory at \(figure(speed / 1e9)) GB/s")
    case .operations(let count):
      let speed = bounds_float_operations_per_second(Int32(threads))
      return (count / speed, "multiply-adds at \(figure(speed / 1e9)) GFLOP/s")
    }
  }

  private func figure(_ value: Double) -> String { String(format: "%.4g", value) }
}
