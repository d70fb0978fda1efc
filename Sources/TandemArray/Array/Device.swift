/// Where an array lives and is computed.
///
/// Host pointers are never shown for a device that is not a CPU.
public struct Device: Hashable, Sendable, CustomStringConvertible {
  private let index: Int

  /// A subset of the process's compute threads; by default `cpu(0)` has them all.
  public static func cpu(_ index: Int = 0) -> Device { Device(index: index) }

  /// `cpu(0)`.
  public var description: String { "cpu(\(index))" }
}
