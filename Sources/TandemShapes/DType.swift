/// The element type of an array: a value, not a type parameter.
///
/// The raw value is part of saved graphs and of the wire format; it never changes.
public enum DType: UInt8, Sendable, CaseIterable {
  case bool = 0
  case int8 = 1
  case uint8 = 2
  case int16 = 3
  case uint16 = 4
  case int32 = 5
  case uint32 = 6
  case int64 = 7
  case uint64 = 8
  case float16 = 9
  case bfloat16 = 10
  case float32 = 11
  case float64 = 12
  case complex64 = 13
  case complex128 = 14

  /// What kind of number a dtype holds; promotion moves up this list.
  public enum Kind: UInt8, Comparable, Sendable {
    case bool, integer, float, complex

    public static func < (lhs: Kind, rhs: Kind) -> Bool { lhs.rawValue < rhs.rawValue }
  }

  /// Bytes that one element takes.
  public var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64, .complex64: 8
    case .complex128: 16
    }
  }

  /// What kind of number this is.
  public var kind: Kind {
    switch self {
    case .bool: .bool
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64: .integer
    case .float16, .bfloat16, .float32, .float64: .float
    case .complex64, .complex128: .complex
    }
  }

  /// Whether this is one of the four real float dtypes.
  public var isFloatingPoint: Bool { kind == .float }

  /// Whether gradients flow through arrays of this dtype: floats and complex numbers.
  public var isDifferentiable: Bool { kind >= .float }

  /// The dtype of the real and of the imaginary part; a real dtype is its own.
  public var part: DType {
    switch self {
    case .complex64: .float32
    case .complex128: .float64
    default: self
    }
  }

  /// The dtype of complex numbers whose parts hold this dtype as `+` would widen it: complex128 for
  /// float64, complex64 for other real dtypes; a complex dtype is its own.
  public var complex: DType {
    switch self {
    case .float64, .complex128: .complex128
    default: .complex64
    }
  }

  /// Whether this is one of the eight integer dtypes (`bool` is not).
  public var isInteger: Bool { kind == .integer }

  /// Whether negative values can be held.
  public var isSigned: Bool {
    switch self {
    case .bool, .uint8, .uint16, .uint32, .uint64: false
    default: true
    }
  }
}

extension DType: CustomStringConvertible {
  /// The name as the field writes it: `float32`, `int64`, `bool`, …
  public var description: String {
    switch self {
    case .bool: "bool"
    case .int8: "int8"
    case .uint8: "uint8"
    case .int16: "int16"
    case .uint16: "uint16"
    case .int32: "int32"
    case .uint32: "uint32"
    case .int64: "int64"
    case .uint64: "uint64"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .float32: "float32"
    case .float64: "float64"
    case .complex64: "complex64"
    case .complex128: "complex128"
    }
  }

  /// The dtype with this `description`, or `nil`.
  public init?(named name: some StringProtocol) {
    guard let found = DType.allCases.first(where: { $0.description == name }) else { return nil }
    self = found
  }
}
