/// All axes but the first made one.
///
/// - Input: `[batch, ...]`. Output: `[batch, features]`.
public struct Flatten: ReportingLayer {
  /// The layer; it has no options.
  public init() {}

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    if x.rank == 0 { fail("flatten: needs one or more axes: \(x.type)", at: .unknown) }
    return x.reshaped([x.shape[0], x.shape.array.dropFirst().reduce(1, *)])
  }
}
