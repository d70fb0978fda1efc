/// All axes but the first made one.
///
/// - Input: `[batch, ...]`. Output: `[batch, features]`.
public struct Flatten: Layer {
  public init() {}

  public func callAsFunction(_ x: NDArray) -> NDArray { x.reshaped([x.shape[0], -1]) }
}
