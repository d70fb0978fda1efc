import TandemArray
import Testing

/// Literals, Swift arrays and the constructors, against values written out.
@Suite struct CreationTests {
  private func expect<S: Scalar & Equatable>(
    _ array: NDArray, _ type: TensorType, _ elements: [S],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(array.type == type, sourceLocation: sourceLocation)
    #expect(array.scalars(as: S.self) == elements, sourceLocation: sourceLocation)
  }

  @Test func literals() {
    expect(NDArray([1, 2]), .float32([2]), [1, 2] as [Float])
    expect(NDArray([[1, -2.5], [3, 4]]), .float32([2, 2]), [1, -2.5, 3, 4] as [Float])
    expect(NDArray([[[1], [2]]]), .float32([1, 2, 1]), [1, 2] as [Float])
    expect(NDArray([true, false]), TensorType([2], .bool), [true, false])
    expect(NDArray([true, 2]), .float32([2]), [1, 2] as [Float])
    expect(NDArray([1, 300], dtype: .uint8), TensorType([2], .uint8), [1, 44] as [UInt8])
    expect(NDArray([1.9, -1.9], dtype: .int32), TensorType([2], .int32), [1, -1] as [Int32])
    expect(NDArray([9_007_199_254_740_993], dtype: .int64), .int64([1]), [9_007_199_254_740_993])
    expect(NDArray([]), .float32([0]), [] as [Float])
    expect(NDArray([[], []]), .float32([2, 0]), [] as [Float])
    expect(NDArray(3), .float32([]), [3] as [Float])
    expect(NDArray(0.5), .float32([]), [0.5] as [Float])
    let (integer, float): (NDArray, NDArray) = (7, 0.25)
    expect(integer, .float32([]), [7] as [Float])
    expect(float, .float32([]), [0.25] as [Float])
  }

  @Test func numbers() {
    let (int, double, float, byte) = (5, 0.1, Float(0.1), UInt8(200))
    expect(NDArray(int), .int64([]), [5])
    expect(NDArray(double), .float32([]), [Float(0.1)])
    expect(NDArray(double, dtype: .float64), .float64([]), [0.1])
    expect(NDArray(float), .float32([]), [Float(0.1)])
    expect(NDArray(byte), TensorType([], .uint8), [byte])
    expect(NDArray(true), TensorType([], .bool), [true])
  }

  /// Variables keep their numbers' dtype, nested to any depth.
  @Test func swiftArrays() {
    func check<S: Scalar & NestedScalars & Equatable>(_ one: S, _ two: S) where S.Leaf == S {
      let (flat, nested) = ([one, two], [[[one], [two]]])
      expect(NDArray(flat), TensorType([2], S.dtype), flat)
      expect(NDArray(nested), TensorType([1, 2, 1], S.dtype), flat)
      expect(NDArray(flat, shape: [1, 2]), TensorType([1, 2], S.dtype), flat)
    }
    check(Double.pi, -1)
    check(Float.pi, -1)
    check(Int.min, Int.max)
    check(Int64.min, Int64.max)
    check(Int32.min, Int32.max)
    check(Int16.min, Int16.max)
    check(Int8.min, Int8.max)
    check(UInt.min, UInt.max)
    check(UInt64.min, UInt64.max)
    check(UInt32.min, UInt32.max)
    check(UInt16.min, UInt16.max)
    check(UInt8.min, UInt8.max)
    check(true, false)
    let rows = [[1, 2], [3, 4]]
    expect(NDArray(rows, dtype: .float64), .float64([2, 2]), [1.0, 2, 3, 4])
    expect(NDArray([[Double]](), dtype: nil), .float64([0]), [] as [Double])
    expect(
      NDArray([0.1, 65504, 1e6], shape: [3], dtype: .float16).cast(to: .float64), .float64([3]),
      [Double(Float16(0.1)), 65504, .infinity])
  }

  @Test func constants() {
    expect(.zeros([2]), .float32([2]), [0, 0] as [Float])
    expect(.ones([1, 2], dtype: .int8), TensorType([1, 2], .int8), [1, 1] as [Int8])
    expect(.full([2], 7.5), .float32([2]), [7.5, 7.5] as [Float])
    expect(.full([], 3, dtype: .int64), .int64([]), [3])
    expect(.full([0, 3], 1), .float32([0, 3]), [] as [Float])
    let x = NDArray.arange(3)
    expect(.zeros(like: x), .int64([3]), [0, 0, 0])
    expect(.ones(like: x), .int64([3]), [1, 1, 1])
    expect(.full([2], true, dtype: .bool), TensorType([2], .bool), [true, true])
  }

  @Test func ranges() {
    expect(.arange(3), .int64([3]), [0, 1, 2])
    expect(.arange(0), .int64([0]), [] as [Int])
    expect(.arange(2, 9, step: 3), .int64([3]), [2, 5, 8])
    expect(.arange(5, 0, step: -2), .int64([3]), [5, 3, 1])
    expect(.arange(5, 0), .int64([0]), [] as [Int])
    expect(.arange(3, dtype: .float64), .float64([3]), [0.0, 1, 2])
    // numpy.arange(0, 1, 0.25), numpy.arange(1, 0, -0.4)
    expect(.arange(0.0, 1, step: 0.25, dtype: .float64), .float64([4]), [0, 0.25, 0.5, 0.75])
    expect(
      .arange(1.0, 0, step: -0.4, dtype: .float64), .float64([3]), [1, 0.6, 0.19999999999999996])
    expect(.linspace(0, 1, count: 5), .float32([5]), [0, 0.25, 0.5, 0.75, 1] as [Float])
    expect(.linspace(1, 0, count: 3, dtype: .float64), .float64([3]), [1.0, 0.5, 0])
    expect(.linspace(2, 3, count: 1), .float32([1]), [2] as [Float])
    expect(.linspace(2, 3, count: 0), .float32([0]), [] as [Float])
    // The end is exact: numpy.linspace(0, 0.7, 8)[-1].
    #expect(NDArray.linspace(0, 0.7, count: 8, dtype: .float64)[-1].item() == 0.7)
  }

  @Test func identities() {
    expect(.eye(2), .float32([2, 2]), [1, 0, 0, 1] as [Float])
    expect(
      .eye(2, columns: 3, diagonal: 1, dtype: .int32), TensorType([2, 3], .int32),
      [0, 1, 0, 0, 0, 1] as [Int32])
    expect(.eye(3, columns: 2, diagonal: -1), .float32([3, 2]), [0, 0, 1, 0, 0, 1] as [Float])
    for far in [-9, 9] {
      expect(.eye(2, diagonal: far), .float32([2, 2]), [0, 0, 0, 0] as [Float])
    }
    expect(.eye(0), .float32([0, 0]), [] as [Float])
  }
}
