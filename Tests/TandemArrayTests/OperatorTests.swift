import Foundation
import TandemArray
import Testing

/// The operators of arrays: what they compute, and of which dtype.
@Suite struct OperatorTests {
  private func numbers(_ array: NDArray) -> [Double] { array.scalars() }

  @Test func arithmetic() {
    let (a, b) = (NDArray([6.0, -8]), NDArray([4.0, 2]))
    #expect(
      [a + b, a - b, a * b, a / b, -a].map(numbers)
        == [[10, -6], [2, -10], [24, -16], [1.5, -4], [-6, 8]])
    #expect(
      [a + 2, a - 2, a * 2, a / 2].map(numbers) == [[8, -6], [4, -10], [12, -16], [3, -4]])
    #expect(
      [2 + a, 2 - a, 2 * a, 24 / a].map(numbers) == [[8, -6], [-4, 10], [12, -16], [4, -3]])
    let (float, integer): (Float, Int) = (0.5, 3)
    #expect(
      [a * float, integer * a, a - integer].map(numbers) == [[3, -4], [18, -24], [3, -11]])
  }

  @Test func comparisons() {
    let (a, b) = (NDArray([1, 2, 3]), NDArray([2, 2, 2]))
    #expect(
      [a .== b, a .!= b, a .< b, a .<= b, a .> b, a .>= b].map(numbers)
        == [[0, 1, 0], [1, 0, 1], [1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]])
    #expect(
      [a .== 2, a .!= 2, a .< 2, a .<= 2, a .> 2, a .>= 2].map(numbers)
        == [[0, 1, 0], [1, 0, 1], [1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 1]])
    let (p, q) = (NDArray([true, true, false]), NDArray([true, false, false]))
    #expect(
      [p .& q, p .| q, p .^ q, .!p].map(numbers)
        == [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1]])
    let nan = NDArray([Double.nan])
    #expect([nan .== nan, nan .!= nan, nan .< 1, nan .>= 1].map(numbers) == [[0], [1], [0], [0]])
  }

  /// Swift scalars are weak, on either side: the table of ``DType/promoted(withScalarOf:)``.
  @Test func weakScalars() {
    let real: [DType] = DType.allCases.filter { $0.kind != .complex }
    for dtype in real {
      let x = NDArray([1, 0], dtype: dtype)
      let (byFloat, byInt): (DType, DType) =
        switch dtype.kind {
        case .float: (dtype, dtype)
        case .integer: (.float32, dtype)
        default: (.float32, .int64)
        }
      #expect((x * 0.5).dtype == byFloat && (0.5 * x).dtype == byFloat, "\(dtype)")
      #expect((x + Float(0.5)).dtype == byFloat && (Float(0.5) - x).dtype == byFloat, "\(dtype)")
      #expect((x + 2).dtype == byInt && (2 + x).dtype == byInt, "\(dtype)")
      #expect((x + UInt8(2)).dtype == byInt, "\(dtype)")
      #expect((x .< 2).dtype == .bool && (x .== 0.5).dtype == .bool, "\(dtype)")
      #expect(numbers(x * 0.5) == [0.5, 0] && numbers(3 + x) == [4, 3], "\(dtype)")
      #expect(numbers(x .< 0.5) == [0, 1], "\(dtype)")
      // The same beside a zero-dimensional array of one number.
      #expect((x[0] * 0.5).dtype == byFloat, "\(dtype)")
    }
    #expect(numbers(NDArray([200], dtype: .uint8) + 100) == [44])
    #expect(numbers(NDArray([1], dtype: .int8) + 300) == [45])
    #expect(numbers(NDArray([7], dtype: .int32) / 2) == [3.5])
  }

  /// Two arrays promote by the table, here against `numpy.result_type` where both agree.
  @Test func promotion() {
    func type(_ a: DType, _ b: DType) -> DType {
      (NDArray([1], dtype: a) + NDArray([1], dtype: b)).dtype
    }
    #expect(type(.int8, .uint8) == .int16)
    #expect(type(.int32, .int64) == .int64)
    #expect(type(.uint8, .int32) == .int32)
    #expect(type(.float32, .float64) == .float64)
    #expect(type(.bool, .int8) == .int8)
    #expect(type(.float16, .float32) == .float32)
    // Not NumPy's float64: integers do not widen floats.
    #expect(type(.int64, .float32) == .float32)
    #expect(type(.float16, .bfloat16) == .float32)
  }

  @Test func zeroDimensionalArraysAreArrays() {
    let x = NDArray([1, 2])
    #expect((x * NDArray(0.5, dtype: .float64)).dtype == .float64)
    #expect(numbers(NDArray(2) + NDArray(3)) == [5])
    #expect(numbers(x * NDArray(2)) == [2, 4])
    #expect(numbers(-NDArray(2)) == [-2])
    #expect(numbers(NDArray(2).exp()) == [Double(Float(Foundation.exp(2.0 as Double)))])
  }

  /// Swift takes the literal of `x * (1 - rate)` for an array: it must stay weak all the same.
  @Test func numbersBesideLiteralsAreWeak() {
    let x = NDArray([3.0], dtype: .float64)
    let rate = 0.7
    #expect((x * (1 - rate)).scalars() == [3 * (1 - rate)])
    #expect((x * (rate + 1) / (2 * rate)).scalars() == [3 * (rate + 1) / (2 * rate)])
    #expect((x - (1 / rate)).scalars() == [3 - (1 / rate)])
    let (one, n) = (NDArray([5], dtype: .int8), 3)
    #expect((one * (1 - n)).dtype == .int8 && (one * (n / 2)).dtype != .float64)
  }

  /// Literals are weak however they were taken: as numbers or as arrays.
  @Test func literalsAreWeak() {
    let literal: NDArray = 2
    let half: NDArray = 0.5
    let x = NDArray([7], dtype: .int8)
    #expect((x + literal).dtype == .int8 && (literal + x).dtype == .int8)
    #expect((x * half).dtype == .float32 && (half + literal).dtype == .float32)
    #expect((NDArray([7], dtype: .float16) * half).dtype == .float16)
    #expect(NDArray.where(x .> 3, literal, x).dtype == .int8)
    #expect(NDArray.where(x .> 3, 0, x).dtype == .int8)
    #expect(x.maximum(2).dtype == .int8)
    var y = x
    y += literal
    y *= 2
    #expect(y.dtype == .int8 && numbers(y) == [18])
    let wide = NDArray([0], dtype: .int64)
    #expect((wide + 16_777_217).item(as: Int.self) == 16_777_217)
    var assigned = wide
    assigned[0] = 16_777_217
    #expect(assigned.item(as: Int.self) == 16_777_217)
    #expect(literal.item() == 2 && "\(half)" == "NDArray(0.5, float32[])")
    let recorded = record { Parameter(NDArray([1], dtype: .float64)).value * literal }
    #expect(recorded.dtype == .float64)
    let plain = x + 2
    let plainHalf = NDArray([7], dtype: .bfloat16) * 0.5
    #expect(plain.dtype == .int8 && plainHalf.dtype == .bfloat16)
  }

  @Test func emptyArrays() {
    let x = NDArray.zeros([0, 3])
    #expect((x + 1).shape == [0, 3])
    #expect((x + x).shape == [0, 3])
    #expect((x + NDArray([1, 2, 3])).shape == [0, 3])
    #expect(x.sum().item() == 0)
    var y = x
    y += 1
    y[0...] = 5
    #expect(y.shape == [0, 3])
  }

  /// `Symbol` and `NDArray` declare one list of operators; update operators are of arrays alone.
  @Test func symbolsHaveTheSameOperators() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources").standardized
    func operators(_ path: String, _ type: String) throws -> Set<String> {
      let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
      let pattern = /static (?:prefix )?func ([^ ]+) \(([^)]*)\) ->/
      return Set(
        text.matches(of: pattern).map { match in
          "\(match.1) \(match.2)".replacing(type, with: "Self")
        })
    }
    let arrays = try operators("TandemArray/Array/NDArray+Operators.swift", "NDArray")
    let symbols = try operators("TandemOps/Elementwise/Symbol+Operators.swift", "Symbol")
    #expect(arrays.count >= 29)
    #expect(arrays == symbols)
  }
}
