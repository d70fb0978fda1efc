/// One number with its dtype: how scalars travel into kernels and constants into graphs.
public struct ScalarValue: Hashable, Sendable {
  /// The element type that the number has been converted to.
  public let dtype: DType
  /// The number: the bits of a `Double` for floats (exact for all float dtypes), of an `Int64` else
  /// (`uint64` by its two's complement).
  public let bits: UInt64

  /// A number as an element of `dtype`: floats are truncated to integers, out-of-range ones saturate,
  /// NaN becomes zero; for `bool` all but zero is true.
  public init(_ value: Double, _ dtype: DType) {
    self.dtype = dtype
    switch dtype.kind {
    case .float, .complex: bits = value.bitPattern
    case .bool: bits = value != 0 ? 1 : 0
    case .integer:
      bits = value.isNaN ? 0 : UInt64(bitPattern: Int64(clampingTruncated: value))
    }
  }

  /// An integer as an element of `dtype`; exact for `int64`.
  public init(_ value: Int, _ dtype: DType) {
    self.dtype = dtype
    switch dtype.kind {
    case .float, .complex: bits = Double(value).bitPattern
    case .bool: bits = value != 0 ? 1 : 0
    case .integer: bits = UInt64(bitPattern: Int64(value))
    }
  }

  /// The number as a `Double`; exact for floats and for integers up to 2⁵³.
  public var double: Double {
    switch dtype.kind {
    case .float, .complex: Double(bitPattern: bits)
    case .bool, .integer:
      dtype == .uint64 ? Double(bits) : Double(Int64(bitPattern: bits))
    }
  }

  /// The number as an integer; floats are truncated.
  public var int: Int {
    switch dtype.kind {
    case .float, .complex: Int(Int64(clampingTruncated: Double(bitPattern: bits)))
    case .bool, .integer: Int(Int64(bitPattern: bits))
    }
  }
}

extension ScalarValue: CustomStringConvertible {
  /// `0.5`, `3`, `true`.
  public var description: String {
    switch dtype.kind {
    case .bool: bits != 0 ? "true" : "false"
    case .integer: "\(int)"
    case .float, .complex: "\(double)"
    }
  }
}

extension Int64 {
  /// Truncates towards zero; NaN is zero and what does not fit is the nearest that does.
  init(clampingTruncated value: Double) {
    if value.isNaN {
      self = 0
    } else if value >= 9.223372036854775807e18 {
      self = .max
    } else if value <= -9.223372036854775808e18 {
      self = .min
    } else {
      self = Int64(value)
    }
  }
}
