/// Rewrites that change no bit of a result, whatever the operands: `x + 0` is not among them, as it
/// turns −0 into 0, nor is `x * 0`, which hides NaN.
///
/// (A signalling NaN is the exception: arithmetic that is left out would have made it quiet.)
public let exactAlgebra: [ApplyRules.Rule] = [
  ApplyRules.Rule("x * 1 → x") { match in
    guard match.op is Multiply else { return nil }
    if match.number(1)?.isOne == true { return match.operand(0) }
    return match.number(0)?.isOne == true ? match.operand(1) : nil
  },
  ApplyRules.Rule("x / 1 → x") { match in
    match.op is Divide && match.number(1)?.isOne == true ? match.operand(0) : nil
  },
  ApplyRules.Rule("x + -0 → x") { match in
    guard match.op is Add else { return nil }
    if match.number(1)?.isNeutralTerm == true { return match.operand(0) }
    return match.number(0)?.isNeutralTerm == true ? match.operand(1) : nil
  },
  ApplyRules.Rule("x - 0 → x") { match in
    match.op is Subtract && match.number(1)?.isPositiveZero == true ? match.operand(0) : nil
  },
  ApplyRules.Rule("-(-x) → x") { match in
    guard match.op is Negate, let inner = match.source(of: 0), inner.op is Negate else {
      return nil
    }
    return .value(inner.operands[0])
  },
  ApplyRules.Rule("relu(relu(x)) → relu(x)") { match in
    match.op is ReLU && match.source(of: 0)?.op is ReLU ? .value(match.operands[0]) : nil
  },
  ApplyRules.Rule("cast to the same dtype → x") { match in
    match.op is Cast ? match.operand(0) : nil
  },
  ApplyRules.Rule("cast of a widening cast → cast") { match in
    guard let cast = match.op as? Cast, let inner = match.source(of: 0),
      let first = inner.op as? Cast,
      match.type(of: inner.operands[0]).dtype.isContained(in: first.dtype)
    else { return nil }
    return .operation(cast, inner.operands)
  },
  ApplyRules.Rule("transposed(transposed(x)) → transposed(x)") { match in
    guard let outer = match.op as? Transpose, let inner = match.source(of: 0),
      let first = inner.op as? Transpose
    else { return nil }
    return .operation(Transpose(order: outer.order.map { first.order[$0] }), inner.operands)
  },
  ApplyRules.Rule("transposed in order → x") { match in
    guard let transpose = match.op as? Transpose else { return nil }
    return transpose.order == Array(transpose.order.indices) ? .value(match.operands[0]) : nil
  },
  ApplyRules.Rule("reshaped(reshaped(x)) → reshaped(x)") { match in
    guard match.op is Reshape, let inner = match.source(of: 0),
      inner.op is Reshape || inner.op is ExpandDims || inner.op is Squeeze
    else { return nil }
    return .operation(match.op, inner.operands)
  },
  ApplyRules.Rule("reshaped to the same shape → x") { match in
    match.op is Reshape ? match.operand(0) : nil
  },
  ApplyRules.Rule("broadcast(broadcast(x)) → broadcast(x)") { match in
    guard match.op is Broadcast, let inner = match.source(of: 0), inner.op is Broadcast else {
      return nil
    }
    return .operation(match.op, inner.operands)
  },
  ApplyRules.Rule("broadcast to the same shape → x") { match in
    match.op is Broadcast ? match.operand(0) : nil
  },
  ApplyRules.Rule("where(c, x, x) → x") { match in
    match.op is Select && match.operands[1] == match.operands[2] ? match.operand(1) : nil
  },
]

extension ScalarValue {
  /// Complex numbers are multiplied by parts, and the zero of an imaginary one changes signs of
  /// zeros and makes NaN of infinities.
  fileprivate var isOne: Bool { dtype != .bool && dtype.kind != .complex && double == 1 }

  /// Zero with the sign that leaves every number as it is when it is added.
  fileprivate var isNeutralTerm: Bool {
    double == 0 && (dtype.kind < .float || dtype.isFloatingPoint && double.sign == .minus)
  }

  fileprivate var isPositiveZero: Bool { double == 0 && double.sign == .plus }
}

extension DType {
  /// Whether every element of this dtype is an element of another one, which it is cast to and from
  /// without change.
  fileprivate func isContained(in other: DType) -> Bool {
    switch (self, other) {
    case (.float16, .float32), (.float16, .float64), (.bfloat16, .float32),
      (.bfloat16, .float64), (.float32, .float64), (.int8, .int16), (.int8, .int32),
      (.int8, .int64), (.int16, .int32), (.int16, .int64), (.int32, .int64), (.uint8, .uint16),
      (.uint8, .int32), (.uint8, .int64), (.uint16, .int32), (.uint16, .int64), (.uint32, .int64):
      true
    default: false
    }
  }
}
