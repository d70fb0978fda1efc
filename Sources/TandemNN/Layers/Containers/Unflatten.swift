/// One axis made several.
///
/// - Input: `[batch, features]`, or what has the axis. Output: the lengths in the axis's place.
public struct Unflatten: ReportingLayer {
  /// The lengths in the axis's place.
  public let lengths: [Int]
  /// The axis that is divided.
  public let axis: Int

  /// - Parameters:
  ///   - lengths: in the axis's place; one may be −1, which is what is left.
  ///   - axis: what is divided; may be counted from the end.
  public init(_ lengths: [Int], axis: Int = 1) { (self.lengths, self.axis) = (lengths, axis) }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.unflattened(axis: axis, to: lengths) }
}
