import TandemShapes

// What formulas are made of. Operands of one operation must have one compute class; `cast(to:)`
// changes it. Truth values are int32 0 and 1.

extension LoopValue {
  func unary(_ opcode: LoopOpcode) -> LoopValue {
    builder.apply(opcode, computeClass, opcode.isTest ? .int32 : computeClass, [self])
  }

  func binary(_ opcode: LoopOpcode, _ other: LoopValue) -> LoopValue {
    guard computeClass == other.computeClass else {
      fail(
        "loop program: \(opcode): classes differ: \(computeClass), \(other.computeClass)",
        at: .unknown)
    }
    return builder.apply(
      opcode, computeClass, opcode.isTest ? .int32 : computeClass, [self, other])
  }

  /// A number of the class of this value.
  public func constant(_ number: Double) -> LoopValue { builder.constant(number, computeClass) }

  /// `add` with each other value or number.
  public static func + (lhs: LoopValue, rhs: LoopValue) -> LoopValue { lhs.binary(.add, rhs) }
  /// `add` with a number on the right.
  public static func + (lhs: LoopValue, rhs: Double) -> LoopValue { lhs + lhs.constant(rhs) }
  /// `add` with a number on the left.
  public static func + (lhs: Double, rhs: LoopValue) -> LoopValue { rhs.constant(lhs) + rhs }
  /// `subtract` with each other value or number.
  public static func - (lhs: LoopValue, rhs: LoopValue) -> LoopValue { lhs.binary(.subtract, rhs) }
  /// `subtract` with a number on the right.
  public static func - (lhs: LoopValue, rhs: Double) -> LoopValue { lhs - lhs.constant(rhs) }
  /// `subtract` with a number on the left.
  public static func - (lhs: Double, rhs: LoopValue) -> LoopValue { rhs.constant(lhs) - rhs }
  /// `multiply` with each other value or number.
  public static func * (lhs: LoopValue, rhs: LoopValue) -> LoopValue { lhs.binary(.multiply, rhs) }
  /// `multiply` with a number on the right.
  public static func * (lhs: LoopValue, rhs: Double) -> LoopValue { lhs * lhs.constant(rhs) }
  /// `multiply` with a number on the left.
  public static func * (lhs: Double, rhs: LoopValue) -> LoopValue { rhs.constant(lhs) * rhs }
  /// `divide` with each other value or number. Floats only.
  public static func / (lhs: LoopValue, rhs: LoopValue) -> LoopValue { lhs.binary(.divide, rhs) }
  /// `divide` with a number on the right. Floats only.
  public static func / (lhs: LoopValue, rhs: Double) -> LoopValue { lhs / lhs.constant(rhs) }
  /// `divide` with a number on the left. Floats only.
  public static func / (lhs: Double, rhs: LoopValue) -> LoopValue { rhs.constant(lhs) / rhs }
  /// The negative; integers wrap.
  public static prefix func - (value: LoopValue) -> LoopValue { value.unary(.negate) }
}

// Arithmetic.
extension LoopValue {
  /// `⌊self / other⌋`; integers by zero give zero.
  public func floorDivide(by other: LoopValue) -> LoopValue { binary(.floorDivide, other) }
  /// `self - ⌊self / other⌋ other`, with the sign of `other` as in NumPy and Python.
  public func remainder(by other: LoopValue) -> LoopValue { binary(.remainder, other) }
  /// `selfᵒᵗʰᵉʳ` with the special cases of C; integers wrap.
  public func power(_ other: LoopValue) -> LoopValue { binary(.power, other) }
  /// The lesser; NaN if either is NaN.
  public func minimum(_ other: LoopValue) -> LoopValue { binary(.minimum, other) }
  /// The greater; NaN if either is NaN.
  public func maximum(_ other: LoopValue) -> LoopValue { binary(.maximum, other) }
  /// The angle of the point (`other`, `self`).
  public func atan2(_ other: LoopValue) -> LoopValue { binary(.atan2, other) }
  /// `√(self² + other²)`.
  public func hypot(_ other: LoopValue) -> LoopValue { binary(.hypot, other) }
}

// Comparisons: int32 truth values; all but `isNotEqual` are false for NaN.
extension LoopValue {
  /// `self == other`.
  public func isEqual(to other: LoopValue) -> LoopValue { binary(.equal, other) }
  /// `self != other`.
  public func isNotEqual(to other: LoopValue) -> LoopValue { binary(.notEqual, other) }
  /// `self < other`.
  public func isLess(than other: LoopValue) -> LoopValue { binary(.less, other) }
  /// `self <= other`.
  public func isLessOrEqual(than other: LoopValue) -> LoopValue { binary(.lessEqual, other) }
  /// `self > other`.
  public func isGreater(than other: LoopValue) -> LoopValue { binary(.greater, other) }
  /// `self >= other`.
  public func isGreaterOrEqual(than other: LoopValue) -> LoopValue { binary(.greaterEqual, other) }
  /// Whether the value is not zero (NaN is not zero).
  public var truth: LoopValue {
    if case .result(let opcode, _, _, _) = builder.nodes[id], opcode.isTest { return self }
    return isNotEqual(to: constant(0))
  }
  /// Whether both are not zero.
  public func and(_ other: LoopValue) -> LoopValue { truth.binary(.bitAnd, other.truth) }
  /// Whether one is not zero.
  public func or(_ other: LoopValue) -> LoopValue { truth.binary(.bitOr, other.truth) }
  /// Whether exactly one is not zero.
  public func xor(_ other: LoopValue) -> LoopValue { truth.binary(.bitXor, other.truth) }
  /// Whether the value is zero.
  public var not: LoopValue { isEqual(to: constant(0)) }
  /// `a` where this truth value is not zero, `b` elsewhere.
  public func select(_ a: LoopValue, _ b: LoopValue) -> LoopValue {
    guard a.computeClass == b.computeClass else {
      fail(
        "loop program: select: classes differ: \(a.computeClass), \(b.computeClass)", at: .unknown)
    }
    let condition = computeClass == .int32 ? self : truth
    return builder.apply(.select, a.computeClass, a.computeClass, [condition, a, b])
  }
  /// Whether the value is NaN; false for integers.
  public var isNaN: LoopValue {
    computeClass.isFloatingPoint ? unary(.isNaN) : isNotEqual(to: self)
  }
  /// Whether the value is infinite; false for integers.
  public var isInf: LoopValue {
    computeClass.isFloatingPoint ? unary(.isInf) : isNotEqual(to: self)
  }
  /// Whether the value is neither NaN nor infinite; true for integers.
  public var isFinite: LoopValue {
    computeClass.isFloatingPoint ? unary(.isFinite) : isEqual(to: self)
  }
}

// Bits of integers.
extension LoopValue {
  /// Bits set in both.
  public func bitAnd(_ other: LoopValue) -> LoopValue { binary(.bitAnd, other) }
  /// Bits set in either.
  public func bitOr(_ other: LoopValue) -> LoopValue { binary(.bitOr, other) }
  /// Bits set in exactly one.
  public func bitXor(_ other: LoopValue) -> LoopValue { binary(.bitXor, other) }
  /// All bits turned over.
  public var bitNot: LoopValue { unary(.bitNot) }
  /// Shifts left; by the width or more: zero.
  public func shiftLeft(by other: LoopValue) -> LoopValue { binary(.shiftLeft, other) }
  /// Shifts right, keeping the sign; by the width or more: all sign bits.
  public func shiftRight(by other: LoopValue) -> LoopValue { binary(.shiftRight, other) }
}
