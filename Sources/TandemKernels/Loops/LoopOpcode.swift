import CTandem
import TandemShapes

/// What an instruction of a loop program computes, element by element.
///
/// The cases stand in the order of `TANDEM_OPCODES` in `tandem_loops.h`; a test compares the names.
public enum LoopOpcode: UInt8, Hashable, Sendable, CaseIterable {
  case add, subtract, multiply, divide, floorDivide, remainder, power, minimum, maximum, atan2
  case hypot, fmod, copySign, ldexp, logAddExp, polygamma, gcd
  case equal, notEqual, less, lessEqual, greater, greaterEqual, bitAnd, bitOr, bitXor
  case shiftLeft, shiftRight, select, negate, absolute, sign, floor, ceil, trunc, rint
  case reciprocal, sqrt, rsqrt, square, exp, expm1, log, log1p, log2, log10, sin, cos, tan, asin
  case acos, atan, sinh, cosh, tanh, sigmoid, erf, softplus, gelu, geluTanh
  case cbrt, asinh, acosh, atanh, erfinv, gamma, logGamma, digamma
  case isNaN, isInf, isFinite, bitNot, logicalNot, round, cast
  case roundToOdd, copy

  /// Whether the result is a truth value, int32 0 or 1, whatever the class of the operands.
  public var isTest: Bool {
    switch self {
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .isNaN, .isInf, .isFinite,
      .logicalNot:
      true
    default: false
    }
  }

  /// How many operands there are.
  public var operandCount: Int {
    if self == .select { return 3 }
    return rawValue < LoopOpcode.select.rawValue ? 2 : 1
  }

  /// The sign that ``LoopProgram/description`` puts between the operands, if there is one.
  var infix: String? {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .remainder: "%"
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessEqual: "<="
    case .greater: ">"
    case .greaterEqual: ">="
    case .bitAnd: "&"
    case .bitOr: "|"
    case .bitXor: "^"
    case .shiftLeft: "<<"
    case .shiftRight: ">>"
    default: nil
    }
  }
}

/// What values are computed in. Loads widen a storage dtype to its class, stores round back.
///
/// | class | storage dtypes |
/// | --- | --- |
/// | `float32` | `float16`, `bfloat16`, `float32` |
/// | `float64` | `float64` |
/// | `int32` | `bool`, `int8`, `uint8`, `int16`, `uint16`, `int32` |
/// | `int64` | `uint32`, `int64` |
/// | `uint64` | `uint64` |
public enum ComputeClass: UInt8, Hashable, Sendable, CaseIterable {
  case float32, float64, int32, int64, uint64

  /// Whether values are floating-point numbers.
  public var isFloatingPoint: Bool { self == .float32 || self == .float64 }

  /// Bytes of an element in a tile.
  public var byteCount: Int { self == .float32 || self == .int32 ? 4 : 8 }

  /// The dtype that stores values of the class as they are.
  public var dtype: DType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    case .int32: .int32
    case .int64: .int64
    case .uint64: .uint64
    }
  }

  var description: String { dtype.description }
}

extension DType {
  /// The class that elements are computed in. Complex dtypes have none: asking is a broken
  /// invariant, which the builder reports in words.
  public var computeClass: ComputeClass {
    switch self {
    case .float16, .bfloat16, .float32: .float32
    case .float64: .float64
    case .bool, .int8, .uint8, .int16, .uint16, .int32: .int32
    case .uint32, .int64: .int64
    case .uint64: .uint64
    case .complex64, .complex128:
      fail("loop program: complex numbers are not supported: \(self)", at: .unknown)
    }
  }
}

/// How an output of a loop program gathers the elements of the reduced axes.
///
/// Sums and products of integers are taken in 64 bits. `argMax` and `argMin` give the place in the
/// row-major order of the reduced axes: the first of equals, the first NaN if there is one. Without
/// elements the results are 0, 1, false and true; extremes of nothing are refused by the operators.
public enum Reduction: UInt8, Hashable, Sendable, CaseIterable {
  case sum, product, max, min, any, all, argMax, argMin

  /// The class of the result, before it is stored as the output's dtype.
  public func resultClass(of values: ComputeClass) -> ComputeClass {
    switch self {
    case .sum, .product: values == .int32 ? .int64 : values
    case .max, .min: values
    case .any, .all: .int32
    case .argMax, .argMin: .int64
    }
  }
}
