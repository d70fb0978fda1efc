/// One number with its dtype: how scalars travel into kernels and constants into graphs.
public struct ScalarValue: Hashable, Sendable {
  /// The element type that the number has been converted to.
  public let dtype: DType
  /// The number: the bits of a `Double` for floats (exact for all float dtypes), of an `Int64` else
  /// (`uint64` by its two's complement).
  public let bits: UInt64

  /// A number as an element of `dtype`: rounded to the nearest float; for integers truncated, out
  /// of range the nearest that fits, NaN zero; for `bool` all but zero is true.
  public init(_ value: Double, _ dtype: DType) {
    self.dtype = dtype
    switch dtype.kind {
    case .float, .complex: bits = dtype.rounded(value).bitPattern
    case .bool: bits = value != 0 ? 1 : 0
    case .integer: bits = dtype.truncated(value)
    }
  }

  /// An integer as an element of `dtype`; integer dtypes keep its low bits.
  public init(_ value: Int, _ dtype: DType) {
    self.init(bits: UInt64(bitPattern: Int64(value)), double: Double(value), dtype)
  }

  /// An integer of any size as an element of `dtype`; integer dtypes keep its low bits.
  @_disfavoredOverload
  public init(_ value: some FixedWidthInteger, _ dtype: DType) {
    self.init(bits: UInt64(truncatingIfNeeded: value), double: Double(value), dtype)
  }

  private init(bits: UInt64, double: Double, _ dtype: DType) {
    self.dtype = dtype
    switch dtype.kind {
    case .float, .complex: self.bits = dtype.rounded(double).bitPattern
    case .bool: self.bits = bits != 0 ? 1 : 0
    case .integer: self.bits = dtype.wrapped(bits)
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

  /// The number as an integer; floats are truncated, `uint64` above `Int.max` wraps.
  public var int: Int {
    switch dtype.kind {
    case .float, .complex: Int(clampingTruncated: Double(bitPattern: bits))
    case .bool, .integer: Int(Int64(bitPattern: bits))
    }
  }
}

extension ScalarValue: CustomStringConvertible {
  /// `0.5`, `3`, `true`.
  public var description: String {
    switch dtype.kind {
    case .bool: bits != 0 ? "true" : "false"
    case .integer: dtype == .uint64 ? "\(bits)" : "\(int)"
    case .float, .complex: "\(double)"
    }
  }
}

extension DType {
  /// The nearest number that this float or complex dtype has, ties to even.
  fileprivate func rounded(_ value: Double) -> Double {
    switch self {
    case .float16: Double(Float16(value))
    case .bfloat16: Double(bfloat16: value)
    case .float32, .complex64: Double(Float(value))
    default: value
    }
  }

  /// The bits of the nearest number towards zero that this integer dtype has.
  fileprivate func truncated(_ value: Double) -> UInt64 {
    switch self {
    case .int8: UInt64(truncatingIfNeeded: Int8(clampingTruncated: value))
    case .uint8: UInt64(truncatingIfNeeded: UInt8(clampingTruncated: value))
    case .int16: UInt64(truncatingIfNeeded: Int16(clampingTruncated: value))
    case .uint16: UInt64(truncatingIfNeeded: UInt16(clampingTruncated: value))
    case .int32: UInt64(truncatingIfNeeded: Int32(clampingTruncated: value))
    case .uint32: UInt64(truncatingIfNeeded: UInt32(clampingTruncated: value))
    case .uint64: UInt64(clampingTruncated: value)
    default: UInt64(bitPattern: Int64(clampingTruncated: value))
    }
  }

  /// The low bits that this integer dtype keeps, with its sign carried up.
  fileprivate func wrapped(_ bits: UInt64) -> UInt64 {
    let unused = 64 - 8 * byteCount
    return isSigned
      ? UInt64(bitPattern: Int64(bitPattern: bits << unused) >> Int64(unused))
      : (bits << unused) >> unused
  }
}

extension Double {
  /// The number with eight bits of precision and the range of `Float`, ties to even.
  init(bfloat16 value: Double) {
    // Rounding to odd on the way keeps the second rounding exact.
    var float = Float(value)
    if Double(float) != value && float.isFinite {
      let towardsZero =
        Double(float.magnitude) > value.magnitude ? float.bitPattern - 1 : float.bitPattern
      float = Float(bitPattern: towardsZero | 1)
    }
    if float.isNaN || float.isInfinite {
      self = Double(float)
      return
    }
    let bits = float.bitPattern
    let rounded = bits + 0x7FFF + (bits >> 16 & 1)
    self = Double(Float(bitPattern: rounded & 0xFFFF_0000))
  }
}

extension FixedWidthInteger {
  /// Truncates towards zero; NaN is zero and what does not fit is the nearest that does.
  init(clampingTruncated value: Double) {
    if value.isNaN {
      self = 0
    } else if let exact = Self(exactly: value.rounded(.towardZero)) {
      self = exact
    } else {
      self = value < 0 ? .min : .max
    }
  }
}
