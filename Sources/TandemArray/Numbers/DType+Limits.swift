// What dtypes can hold, and which of them can hold what another one does.

/// What a floating-point dtype can hold; `numpy.finfo`.
public struct FloatInfo: Hashable, Sendable {
  /// Bits of the fraction, without the leading one.
  public let fractionBits: Int
  /// The exponent of ``smallestNormal``, a power of two.
  public let minimumExponent: Int
  /// The largest finite number; the smallest is its negative.
  public let largest: Double
  /// The distance from 1 to the next number.
  public var epsilon: Double { Double(sign: .plus, exponent: -fractionBits, significand: 1) }
  /// The smallest positive number of full precision (`tiny`).
  public var smallestNormal: Double {
    Double(sign: .plus, exponent: minimumExponent, significand: 1)
  }
  /// The smallest positive number.
  public var smallestSubnormal: Double {
    Double(sign: .plus, exponent: minimumExponent - fractionBits, significand: 1)
  }
  /// How many decimal digits are kept.
  public let precision: Int
}

/// Which conversions ``DType/canCast(to:_:)`` allows; `casting` in NumPy.
public enum CastingRule: Sendable {
  /// None.
  case no
  /// Those that keep every value.
  case safe
  /// Those, and such as stay within the kind.
  case sameKind
  /// All.
  case unsafe
}

extension DType {
  /// The limits of a floating-point dtype, those of float32 for others' results; `numpy.finfo`.
  /// Of a complex dtype those of its parts.
  public var floatInfo: FloatInfo {
    switch self {
    case .float16:
      FloatInfo(fractionBits: 10, minimumExponent: -14, largest: 65504, precision: 3)
    case .bfloat16:
      FloatInfo(fractionBits: 7, minimumExponent: -126, largest: 0x1.FEp127, precision: 2)
    case .float64, .complex128:
      FloatInfo(
        fractionBits: 52, minimumExponent: -1022, largest: .greatestFiniteMagnitude, precision: 15)
    default:
      FloatInfo(
        fractionBits: 23, minimumExponent: -126, largest: Double(Float.greatestFiniteMagnitude),
        precision: 6)
    }
  }

  /// The smallest and the largest number of an integer dtype, of bool 0 and 1, of others `nil`;
  /// `numpy.iinfo`.
  public var integerRange: (smallest: Int64, largest: UInt64)? {
    if self == .bool { return (0, 1) }
    guard isInteger else { return nil }
    let bits = UInt64(8 * byteCount)
    if !isSigned { return (0, .max >> (64 - bits)) }
    return (Int64.min >> Int64(64 - bits), .max >> (65 - bits))
  }

  /// Whether values of this dtype may be converted to another one under a rule;
  /// `numpy.can_cast`.
  public func canCast(to other: DType, _ rule: CastingRule = .safe) -> Bool {
    if self == other { return true }
    switch rule {
    case .no: return false
    case .unsafe: return true
    case .safe: return keepsValues(in: other)
    case .sameKind:
      if keepsValues(in: other) { return true }
      if kind == .integer, other.kind == .integer { return isSigned ? other.isSigned : true }
      return kind < other.kind || kind == other.kind
    }
  }

  /// The dtype of what two dtypes give together: ``promoted(with:)``; `numpy.promote_types`,
  /// `numpy.result_type` of two. The table of this library differs from NumPy's in that integers
  /// never widen floats.
  public static func result(of dtypes: DType...) -> DType {
    dtypes.dropFirst().reduce(dtypes.first ?? .float32) { $0.promoted(with: $1) }
  }

  /// The smallest dtype that holds an integer; `numpy.min_scalar_type`.
  public static func minimum(for value: Int) -> DType {
    if value >= 0 {
      let unsigned: [DType] = [.uint8, .uint16, .uint32]
      return unsigned.first { UInt64(value) <= $0.integerRange?.largest ?? 0 } ?? .uint64
    }
    let signed: [DType] = [.int8, .int16, .int32]
    return signed.first { Int64(value) >= $0.integerRange?.smallest ?? 0 } ?? .int64
  }

  /// The smallest float dtype whose range holds a number; `numpy.min_scalar_type`.
  public static func minimum(for value: Double) -> DType {
    // NumPy's own bounds, a little below what the dtypes hold.
    let size = value.magnitude
    if !value.isFinite || size < 65000 { return .float16 }
    return size < 3.4e38 ? .float32 : .float64
  }

  private func keepsValues(in other: DType) -> Bool {
    switch (kind, other.kind) {
    case (.bool, _): return true
    case (.integer, .integer):
      if isSigned == other.isSigned { return byteCount <= other.byteCount }
      return !isSigned && byteCount < other.byteCount
    case (.integer, .float), (.integer, .complex):
      // As NumPy has it: int64 counts as kept in float64.
      let bits = other.kind == .complex ? other.byteCount / 2 : other.byteCount
      return other != .bfloat16 && (bits == 8 || byteCount < bits)
        || other == .bfloat16 && byteCount == 1
    case (.float, .float):
      if self == .float16 || self == .bfloat16 { return other.byteCount > 2 }
      return other.byteCount > byteCount
    case (.float, .complex): return byteCount * 2 <= other.byteCount
    case (.complex, .complex): return other.byteCount > byteCount
    default: return false
    }
  }
}
