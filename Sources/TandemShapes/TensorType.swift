/// What is known of an array before it is computed: its shape and dtype.
public struct TensorType: Hashable, Sendable {
  /// The lengths of the axes.
  public var shape: Shape
  /// The element type.
  public var dtype: DType

  /// The type of an array with these axes and elements.
  public init(_ shape: Shape, _ dtype: DType) {
    (self.shape, self.dtype) = (shape, dtype)
  }

  /// The number of axes.
  public var rank: Int { shape.rank }

  /// The number of bytes that a dense array of this type takes.
  public var byteCount: Int { shape.elementCount * dtype.byteCount }

  /// The `float32` type of a shape, as in `.float32([1, 3, 32, 32])`.
  public static func float32(_ shape: Shape) -> TensorType { TensorType(shape, .float32) }
  /// The `float64` type of a shape.
  public static func float64(_ shape: Shape) -> TensorType { TensorType(shape, .float64) }
  /// The `int64` type of a shape.
  public static func int64(_ shape: Shape) -> TensorType { TensorType(shape, .int64) }
}

extension TensorType: CustomStringConvertible {
  /// `float32[2, 3]`.
  public var description: String { "\(dtype)\(shape)" }
}
