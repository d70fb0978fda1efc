import Testing

@testable import TandemOps

/// The exact words with which elementwise operators, reductions and movement refuse their inputs.
@Suite struct ElementwiseComplaintTests {
  private let truths = TensorType([2, 3], .bool)
  private let floats = TensorType.float32([2, 3])

  @Test func unary() {
    let numeric: [any UnaryOp] = [
      Absolute(), Ceil(), Floor(), Negate(), ReLU(), RoundDecimals(decimals: 1), RoundHalfEven(),
      Sign(), Square(), Truncate(),
    ]
    for op in numeric {
      #expect(
        refusal(op, truths)
          == "\(type(of: op).name): has no meaning for bool; cast to int64, or use logical "
          + "operators: bool[2, 3]")
    }
    #expect(complaint(BitwiseNot(), floats) == "bitwiseNot: needs integers: float32[2, 3]")
    #expect(complaint(BitwiseNot(), truths) == "bitwiseNot: needs integers: bool[2, 3]")
    for op in [Exp(), Log(), Sin(), Tanh(), GELU()] as [any UnaryOp] {
      #expect(refusal(op, truths) == nil)
    }
  }

  @Test func binary() {
    let other = TensorType.float32([2, 4])
    for op in Catalog.elementwise {
      guard let binary = op as? any BinaryOp.Type, let value = instance(of: binary) else {
        continue
      }
      let integers = value is BitwiseAnd || value is BitwiseOr || value is BitwiseXor
      let (a, b) = integers ? (TensorType.int64([2, 3]), .int64([2, 4])) : (floats, other)
      guard !(value is LeftShift || value is RightShift) else { continue }
      #expect(
        refusal(value, a, b)
          == "\(op.name): shapes do not broadcast: \(a), \(b)")
    }
    let numeric: [any BinaryOp] = [
      Add(), FloorDivide(), Fmod(), Multiply(), Power(), ReLUGradient(), Remainder(), Subtract(),
    ]
    for op in numeric {
      #expect(
        refusal(op, truths, truths)
          == "\(type(of: op).name): has no meaning for bool; cast to int64, or use logical "
          + "operators: bool[2, 3], bool[2, 3]")
    }
    for op in [BitwiseAnd(), BitwiseOr(), BitwiseXor()] as [any BinaryOp] {
      #expect(
        refusal(op, truths, floats)
          == "\(type(of: op).name): needs integers or bool: bool[2, 3], float32[2, 3]")
    }
    for op in [GCD(), LCM()] as [any BinaryOp] {
      #expect(
        refusal(op, floats, floats)
          == "\(type(of: op).name): needs integers: float32[2, 3], float32[2, 3]")
    }
    #expect(
      complaint(LdExp(), floats, floats)
        == "ldexp: the exponent is not an integer: float32[2, 3], float32[2, 3]")
    #expect(
      complaint(Polygamma(order: -1), floats)
        == "polygamma: order -1 is not in 0...171: float32[2, 3]")
    for op in [LeftShift(), RightShift()] as [any BinaryOp] {
      #expect(
        refusal(op, truths, truths)
          == "\(type(of: op).name): needs integers: bool[2, 3], bool[2, 3]")
    }
  }

  @Test func ternary() {
    #expect(
      complaint(Select(), floats, floats, floats)
        == "where: the condition is not bool: float32[2, 3], float32[2, 3], float32[2, 3]")
    #expect(
      complaint(Select(), truths, floats, .float32([4]))
        == "where: shapes do not broadcast: bool[2, 3], float32[2, 3], float32[4]")
    #expect(
      complaint(Select(), truths, floats)
        == "where: needs a condition and two arrays: bool[2, 3], float32[2, 3]")
    #expect(
      complaint(Clip(), floats, .float32([2]), .float32([]))
        == "clip: shapes do not broadcast: float32[2, 3], float32[2], float32[]")
  }

  @Test func reductions() {
    for op in [Max(axes: [1]), Min(axes: [1]), ArgMax(axis: 1), ArgMin(axis: 1)] as [any Op] {
      #expect(
        refusal(op, .float32([2, 0]))
          == "\(type(of: op).name): no elements along axis 1: float32[2, 0]")
    }
    let missing: [any Op] = [
      AllTrue(axes: [2]), AnyTrue(axes: [2]), ArgMax(axis: 2), ArgMin(axis: 2),
      LogSumExp(axes: [2]),
      Max(axes: [2]), Mean(axes: [2]), Min(axes: [2]), Product(axes: [2]), Sum(axes: [2]),
      VectorNorm(axes: [2]), CumulativeProduct(axis: 2), CumulativeSum(axis: 2),
    ]
    for op in missing {
      #expect(refusal(op, floats) == "\(type(of: op).name): no axis 2: float32[2, 3]")
    }
  }

  @Test func movement() {
    #expect(
      complaint(Squeeze(axes: [1]), floats)
        == "squeezed: axis 1 has length 3, not 1: float32[2, 3]")
    #expect(complaint(Squeeze(axes: [2]), floats) == "squeezed: no axis 2: float32[2, 3]")
    #expect(complaint(Flip(axes: [2]), floats) == "flipped: no axis 2: float32[2, 3]")
    #expect(
      complaint(Broadcast(to: [3, 3]), floats)
        == "broadcast: does not stretch to [3, 3]: float32[2, 3]")
    #expect(
      complaint(ExpandDims(axis: 3), floats)
        == "expandingDims: no place 3 for an axis: float32[2, 3]")
    #expect(
      complaint(Reshape(to: [4]), floats) == "reshaped: 6 elements do not fill [4]: float32[2, 3]")
    #expect(
      complaint(Transpose(order: [0, 0]), floats)
        == "transposed: order [0, 0] is not a permutation of the axes: float32[2, 3]")
    #expect(complaint(Concatenate(axis: 2), floats) == "concatenated: no axis 2: float32[2, 3]")
    #expect(
      complaint(Concatenate(axis: 0), floats, .float32([2, 4]))
        == "concatenated: shapes differ beside axis 0: float32[2, 3], float32[2, 4]")
    #expect(
      complaint(Concatenate(axis: 0), floats, .float32([3]))
        == "concatenated: ranks differ: float32[2, 3], float32[3]")
    for op in [Diagonal(), TriangularLower(), TriangularUpper()] as [any Op] {
      #expect(
        refusal(op, .float32([3])) == "\(type(of: op).name): needs two or more axes: float32[3]")
    }
    #expect(
      complaint(DiagonalMatrix(rows: 2, columns: 2), .float32([3]))
        == "diagonalMatrix: diagonal 0 of [2, 2] has 2 elements: float32[3]")
  }

  @Test func parts() {
    func slice(_ starts: [Int], _ steps: [Int], _ counts: [Int]) -> Slice {
      Slice(starts: starts, steps: steps, counts: counts)
    }
    #expect(
      complaint(slice([0], [1], [1]), floats)
        == "sliced: needs one start, step and count for each axis: float32[2, 3]")
    #expect(
      complaint(slice([0, 0], [1, 0], [1, 1]), floats)
        == "sliced: step 0 along axis 1: float32[2, 3]")
    #expect(
      complaint(slice([0, 0], [1, 1], [1, -1]), floats)
        == "sliced: negative count -1 along axis 1: float32[2, 3]")
    #expect(
      complaint(slice([0, 1], [1, 1], [1, 3]), floats)
        == "sliced: elements 1 to 3 reach beyond axis 1 of length 3: float32[2, 3]")
    let part = slice([0, 0], [1, 1], [2, 3])
    #expect(
      complaint(Pad(to: [4, 4], at: part, with: ScalarValue(0, .float32)), .float32([2, 2]))
        == "padded: does not fill a part [2, 3]: float32[2, 2]")
    #expect(
      complaint(Pad(to: [4, 4], at: part, with: ScalarValue(0, .int64)), floats)
        == "padded: pads with int64: float32[2, 3]")
  }

  private func refusal(_ op: any Op, _ types: TensorType...) -> String? {
    do throws(ShapeError) {
      _ = try op.checkedOutputTypes(for: TensorTypes(types))
      return nil
    } catch {
      return error.message
    }
  }

  /// A binary operator of the catalog; they have no attributes.
  private func instance(of type: any BinaryOp.Type) -> (any BinaryOp)? {
    let all: [any BinaryOp] = [
      Add(), Atan2(), CopySign(), FMax(), FMin(), Fmod(), LogAddExp(), BitwiseAnd(), BitwiseOr(),
      BitwiseXor(), Divide(), Equal(), FloorDivide(),
      Greater(), GreaterEqual(), Hypot(), LeftShift(), Less(), LessEqual(), LogicalAnd(),
      LogicalOr(), LogicalXor(), Maximum(),
      Minimum(), Multiply(), NotEqual(), Power(), ReLUGradient(), Remainder(), RightShift(),
      Subtract(),
    ]
    return all.first { Swift.type(of: $0).name == type.name }
  }
}
