import TandemOps

extension FixtureFile.Case {
  /// The operator that the case is about, with the attributes that its form says.
  var op: any Op {
    if let plain = plainOperators[self.operator] { return plain }
    return reduction ?? movement
  }

  /// Integers separated by commas; none for other texts.
  private func integers(_ text: some StringProtocol) -> [Int] {
    text.split(separator: ",").compactMap { Int($0) }
  }

  /// The parts of a form like `axes=0,2;keep`.
  private var axes: [Int] {
    integers(form.split(separator: ";").first.map { $0.dropFirst("axes=".count) } ?? "")
  }

  private var reduction: (any Op)? {
    let keep = form.hasSuffix(";keep")
    let reversed = form.hasSuffix(";reversed")
    switch self.operator {
    case "sum": return Sum(axes: axes, keepDims: keep)
    case "product": return Product(axes: axes, keepDims: keep)
    case "mean": return Mean(axes: axes, keepDims: keep)
    case "norm": return VectorNorm(axes: axes, keepDims: keep)
    case "logSumExp": return LogSumExp(axes: axes, keepDims: keep)
    case "max": return Max(axes: axes, keepDims: keep)
    case "min": return Min(axes: axes, keepDims: keep)
    case "any": return AnyTrue(axes: axes, keepDims: keep)
    case "all": return AllTrue(axes: axes, keepDims: keep)
    case "argMax": return ArgMax(axis: axes[0], keepDims: keep)
    case "argMin": return ArgMin(axis: axes[0], keepDims: keep)
    case "cumulativeSum": return CumulativeSum(axis: axes[0], reversed: reversed)
    case "cumulativeProduct": return CumulativeProduct(axis: axes[0], reversed: reversed)
    default: return nil
    }
  }

  private var movement: any Op {
    let parts = form.split(separator: "/", omittingEmptySubsequences: false).map { integers($0) }
    let numbers = parts.first ?? []
    switch self.operator {
    case "cast": return Cast(to: DType(named: form)!)
    case "gelu": return GELU(approximation: GELU.Approximation(rawValue: form)!)
    case "full": return Full(shape: Shape(numbers))
    case "transposed": return Transpose(order: numbers)
    case "reshaped": return Reshape(to: Shape(numbers))
    case "expandingDims": return ExpandDims(axis: numbers[0])
    case "squeezed": return Squeeze(axes: numbers)
    case "flipped": return Flip(axes: numbers)
    case "broadcast": return Broadcast(to: Shape(numbers))
    case "sliced": return Slice(starts: parts[0], steps: parts[1], counts: parts[2])
    case "padded":
      let part = Slice(starts: parts[1], steps: parts[2], counts: parts[3])
      return Pad(to: Shape(numbers), at: part, with: ScalarValue(1, inputs[0].type))
    case "triangularUpper": return TriangularUpper(offset: numbers[0])
    case "triangularLower": return TriangularLower(offset: numbers[0])
    case "diagonal": return Diagonal(offset: numbers[0])
    case "diagonalMatrix":
      return DiagonalMatrix(rows: numbers[0], columns: numbers[1], offset: numbers[2])
    case "concatenated": return Concatenate(axis: numbers[0])
    default: fail("fixtures: no such operator: \(self.operator)", at: .unknown)
    }
  }
}

/// The operators without attributes, by name.
private let plainOperators: [String: any Op] = Dictionary(
  uniqueKeysWithValues: plainList.map { (type(of: $0).name, $0) })

private let plainList: [any Op] = [
  Absolute(), Acos(), Add(), Asin(), Atan(), Atan2(), BitwiseAnd(), BitwiseNot(), BitwiseOr(),
  BitwiseXor(), Ceil(), Clip(), Contiguous(), Cos(), Cosh(), Divide(), Equal(), Erf(), Exp(),
  Expm1(), Floor(), FloorDivide(), Hypot(), IsFinite(), IsInfinite(), IsNaN(), LeftShift(),
  Less(), LessEqual(), Log(), Log10(), Log1p(), Log2(), LogicalAnd(), LogicalNot(), LogicalOr(),
  LogicalXor(), MatMul(), Maximum(), Minimum(), Multiply(), Negate(), NotEqual(), Power(),
  ReLU(), ReLUGradient(), Reciprocal(), ReciprocalSquareRoot(), Remainder(), RightShift(),
  RoundHalfEven(), Select(), SiLU(), Sigmoid(), Sign(), Sin(), Sinh(), Softplus(), Square(),
  SquareRoot(), Subtract(), Tan(), Tanh(), Truncate(),
]
