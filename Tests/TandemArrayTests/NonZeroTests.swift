import TandemArray
import TestSupport
import Testing

/// Results whose shapes depend on values.
@Suite struct NonZeroTests {
  private static let shapes: [Shape] = [[7], [3, 5], [2, 3, 4], [0], [3, 0], [70, 1000]]

  @Test(arguments: NonZeroTests.shapes)
  func positions(shape: Shape) {
    let x = NDArray.random.integers(in: 0..<3, shape, seed: 1)
    for array in [x, x.cast(to: .bool), x.cast(to: .float32), -x.cast(to: .float16) * 0] {
      for turned in [array, array.transposed(), array.flipped()] {
        let flags = turned.scalars(as: Double.self)
        let expected = flags.indices.filter { flags[$0] != 0 }
        let found = turned.nonzero()
        #expect(found.count == shape.rank)
        var linear = NDArray.zeros([expected.count], dtype: .int64)
        for (axis, places) in found.enumerated() { linear = linear * turned.shape[axis] + places }
        #expect(linear.scalars(as: Int.self) == expected, "\(array.type)")
      }
    }
  }

  @Test(arguments: NonZeroTests.shapes)
  func uniqueElements(shape: Shape) {
    let x = NDArray.random.integers(in: -9..<9, shape, seed: 2)
    let numbers = x.scalars(as: Int.self)
    let expected = Set(numbers).sorted()
    #expect(x.unique().scalars(as: Int.self) == expected)
    let (values, first, counts, inverse) = x.uniqueWithPlaces()
    #expect(values.scalars(as: Int.self) == expected)
    #expect(first.scalars(as: Int.self) == expected.map { numbers.firstIndex(of: $0)! })
    #expect(
      counts.scalars(as: Int.self) == expected.map { value in numbers.count { $0 == value } })
    #expect(inverse.shape == shape)
    #expect(values.take(inverse, axis: 0).scalars(as: Int.self) == numbers)
  }

  @Test func uniqueTakesNaNForOne() {
    let x = NDArray([Float.nan, 1, 0, .nan, -0.0, 1])
    let unique = x.unique().scalars(as: Float.self)
    #expect(unique.count == 3 && unique[0] == 0 && unique[1] == 1 && unique[2].isNaN)
  }

  @Test func masksOfManyElementsSelect() {
    let x = NDArray.random.normal([300, 700], seed: 3)
    let numbers = x.scalars(as: Float.self)
    #expect(x[x .> 0].scalars(as: Float.self) == numbers.filter { $0 > 0 })
  }

  @Test func valuesArePutAlongAnAxis() {
    let x = NDArray.random.normal([4, 6], seed: 4)
    let order = x.argSort(axis: 1)
    let back = NDArray.zeros(like: x).puttingAlongAxis(order, x.sorted(axis: 1), axis: 1)
    #expect(back.scalars(as: Float.self) == x.scalars(as: Float.self))
    let ones = NDArray.zeros([2, 3]).puttingAlongAxis(
      NDArray([2, 0], shape: [2, 1]), 1, axis: 1)
    #expect(ones.scalars(as: Float.self) == [0, 0, 1, 1, 0, 0])
  }
}
