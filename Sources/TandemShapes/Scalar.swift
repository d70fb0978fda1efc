/// A Swift number or truth value that may stand beside an array in an operator: `Float`, `Double`,
/// `Bool`, and the integers.
///
/// Scalars are weak: they never widen an array of their own kind; see
/// ``DType/promoted(withScalarOf:)``.
public protocol Scalar: Sendable {
  /// The kind, which decides the dtype beside an array.
  static var scalarKind: DType.Kind { get }
  /// The dtype that an array made of such values has.
  static var dtype: DType { get }
  /// The value as an element of `dtype`.
  func scalarValue(as dtype: DType) -> ScalarValue
  /// The value that an element holds; floats are truncated to integers, the nearest if they do not
  /// fit, and integers keep their low bits.
  init(_ value: ScalarValue)
}

extension Scalar where Self: BinaryFloatingPoint {
  public static var scalarKind: DType.Kind { .float }
  public func scalarValue(as dtype: DType) -> ScalarValue { ScalarValue(Double(self), dtype) }
  public init(_ value: ScalarValue) { self.init(value.double) }
}

extension Scalar where Self: FixedWidthInteger {
  public static var scalarKind: DType.Kind { .integer }
  public func scalarValue(as dtype: DType) -> ScalarValue { ScalarValue(self, dtype) }
  public init(_ value: ScalarValue) {
    if value.dtype.kind >= .float {
      self.init(clampingTruncated: value.double)
    } else {
      self.init(truncatingIfNeeded: value.int)
    }
  }
}

// Swift's numbers and their dtypes; `Double` is also what Swift makes of a literal with a point,
// which beside an array is weak: `float32 * 0.5` stays `float32`.
extension Double: Scalar { public static var dtype: DType { .float64 } }
extension Float: Scalar { public static var dtype: DType { .float32 } }
extension Int: Scalar { public static var dtype: DType { .int64 } }
extension Int64: Scalar { public static var dtype: DType { .int64 } }
extension Int32: Scalar { public static var dtype: DType { .int32 } }
extension Int16: Scalar { public static var dtype: DType { .int16 } }
extension Int8: Scalar { public static var dtype: DType { .int8 } }
extension UInt: Scalar { public static var dtype: DType { .uint64 } }
extension UInt64: Scalar { public static var dtype: DType { .uint64 } }
extension UInt32: Scalar { public static var dtype: DType { .uint32 } }
extension UInt16: Scalar { public static var dtype: DType { .uint16 } }
extension UInt8: Scalar { public static var dtype: DType { .uint8 } }

extension Bool: Scalar {
  public static var scalarKind: DType.Kind { .bool }
  public static var dtype: DType { .bool }
  public func scalarValue(as dtype: DType) -> ScalarValue { ScalarValue(self ? 1 : 0, dtype) }
  public init(_ value: ScalarValue) { self = value.double != 0 }
}
