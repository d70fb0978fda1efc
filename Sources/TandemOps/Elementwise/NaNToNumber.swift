/// NaN and infinities replaced by numbers; `numpy.nan_to_num`.
///
/// Keeps the dtype, and integers and bool as they are.
/// Gradient: `dy` where the element is finite, else zero.
public struct NaNToNumber: ElementwiseOp {
  public static let name = "nanToNumber"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// What takes the place of NaN.
  public let notANumber: Double
  /// What takes the place of infinity; `nil` for the largest number of the dtype.
  public let positiveInfinity: Double?
  /// What takes the place of negative infinity; `nil` for the least number of the dtype.
  public let negativeInfinity: Double?

  /// The operator with these attributes.
  public init(
    nan: Double = 0, positiveInfinity: Double? = nil, negativeInfinity: Double? = nil
  ) {
    (notANumber, self.positiveInfinity) = (nan, positiveInfinity)
    self.negativeInfinity = negativeInfinity
  }

  public func element(_ inputs: [LoopValue]) -> LoopValue {
    element(inputs, as: inputs[0].computeClass.dtype)
  }

  public func element(_ inputs: [LoopValue], as dtype: DType) -> LoopValue {
    guard dtype.isFloatingPoint else { return inputs[0] }
    let (x, largest) = (inputs[0], Self.largest(dtype))
    let above = x.isPositiveInfinity.select(x.constant(positiveInfinity ?? largest), x)
    let below = x.isNegativeInfinity.select(x.constant(negativeInfinity ?? -largest), above)
    return x.isNaN.select(x.constant(notANumber), below)
  }

  private static func largest(_ dtype: DType) -> Double {
    switch dtype {
    case .float16: 65504
    case .bfloat16: 0x1.FEp127
    case .float32: Double(Float.greatestFiniteMagnitude)
    default: .greatestFiniteMagnitude
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], inputs[0].dtype.isFloatingPoint else { return [nil] }
    return [.where(inputs[0].isFinite(), dy, 0)]
  }
}

extension ArrayExpression {
  /// The elements, with numbers in the place of NaN and infinities; see ``NaNToNumber``.
  public func nanToNumber(
    nan: Double = 0, positiveInfinity: Double? = nil, negativeInfinity: Double? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let op = NaNToNumber(
      nan: nan, positiveInfinity: positiveInfinity, negativeInfinity: negativeInfinity)
    return .apply(op, self, at: CallSite(file, line))
  }
}
