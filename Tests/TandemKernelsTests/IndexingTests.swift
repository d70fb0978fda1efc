import TandemKernels
import TandemShapes
import TandemThreads
import Testing

@Suite struct IndexingTests {
  @Test func anIndexOutOfRangeIsNamedAndNothingIsWritten() {
    let x = SampleArray([Double](repeating: 1, count: 20), [10, 2], .float32)
    let out = SampleArray([3, 2], .float32)
    let before = out.bytes
    for (bad, index) in [(12.0, "12"), (-11, "-11"), (10, "10")] {
      let indices = SampleArray([0, bad, 99], [3], .int64)
      #expect(
        failure(of: GatherRows(axis: 0), [out, x, indices])
          == "index \(index) is out of range for axis 0 of length 10")
    }
    #expect(out.bytes == before)
  }

  @Test func theAxisOfEveryIndexArrayIsNamed() {
    let x = SampleArray([Double](repeating: 1, count: 6), [3, 2], .int32)
    let (i, j) = (SampleArray([0, 1], [2], .int32), SampleArray([0, 2], [2], .int64))
    let out = SampleArray([2], .int32)
    #expect(
      failure(of: Gather(.leading(count: 2)), [out, x, i, j])
        == "index 2 is out of range for axis 1 of length 2")
    let along = SampleArray([0, 1, 0, 5, 1, 0], [3, 2], .int64)
    #expect(
      failure(of: TakeAlongAxis(axis: 1), [SampleArray([3, 2], .int32), x, along])
        == "index 5 is out of range for axis 1 of length 2")
  }

  @Test func anIndexIntoAnEmptyAxisIsOutOfRange() {
    let x = SampleArray([0, 2], .float32)
    let out = SampleArray([1, 2], .float32)
    #expect(
      failure(of: GatherRows(axis: 0), [out, x, SampleArray([0], [1], .int64)])
        == "index 0 is out of range for axis 0 of length 0")
    #expect(
      failure(
        of: GatherRows(axis: 0), [SampleArray([0, 2], .float32), x, SampleArray([0], .int64)])
        == nil)
  }

  @Test func aScatterThatFailsLeavesItsOutputAlone() {
    let x = SampleArray([1, 2, 3], [3], .float32)
    let updates = SampleArray([9, 9], [2], .float32)
    let words = failure(
      of: Scatter(.rows(axis: 0), .set), [x, x, updates, SampleArray([0, 3], [2], .int64)])
    #expect(words == "index 3 is out of range for axis 0 of length 3")
    #expect(x.values == [1, 2, 3])
  }

  @Test func scatterInPlaceLastOneWins() {
    let x = SampleArray([1, 2, 3], [3], .bfloat16)
    let updates = SampleArray([7, 8, 9], [3], .bfloat16)
    let index = SampleArray([1, 1, -1], [3], .int32)
    #expect(failure(of: Scatter(.rows(axis: 0), .set), [x, x, updates, index]) == nil)
    #expect(x.values == [1, 8, 9])
  }

  @Test func nanWinsScatteredExtremes() {
    for mode in [Scatter.Mode.min, .max] {
      let x = SampleArray([1, .nan, 3], [3], .float32)
      let updates = SampleArray([.nan, 0, 0], [3], .float32)
      let index = SampleArray([0, 1, 2], [3], .int64)
      #expect(failure(of: Scatter(.rows(axis: 0), mode), [x, x, updates, index]) == nil)
      #expect(x.values[0].isNaN && x.values[1].isNaN)
      #expect(x.values[2] == (mode == .min ? 0 : 3))
    }
  }

  /// The gradient of an embedding: large enough that outputs are parted among chunks.
  @Test func wideRowsAddInIndexOrder() throws {
    let (rows, width, count) = (50, 64, 2000)
    var random = PhiloxGenerator(RandomKey(seed: 5))
    let index = (0..<count).map { _ in Int.random(in: 0..<rows, using: &random) }
    let updates = (0..<count * width).map { _ in Double(Float.random(in: -1...1, using: &random)) }
    var expected = [Float](repeating: 0, count: rows * width)
    for (position, row) in index.enumerated() {
      for column in 0..<width {
        expected[row * width + column] += Float(updates[position * width + column])
      }
    }
    let x = SampleArray([Double](repeating: 0, count: rows * width), [rows, width], .float32)
    let out = SampleArray([rows, width], .float32)
    let operands = [
      out, x, SampleArray(updates, [count, width], .float32),
      SampleArray(index.map(Double.init), [count], .int64),
    ]
    #expect(failure(of: Scatter(.rows(axis: 0), .add), operands) == nil)
    #expect(out.values == expected.map(Double.init))
  }

  @Test func nonZeroCountsAcrossChunks() {
    let count = 200_000
    let values = (0..<count).map { $0 % 3 == 0 ? 1.0 : 0 }
    let mask = SampleArray(values, [100, 2000], .bool)
    #expect(NonZero.countNonZero(mask.operand, in: .serial) == 66_667)
    let out = SampleArray([2, 66_667], .int64)
    #expect(failure(of: NonZero(), [out, mask]) == nil)
    let found = out.values
    #expect((0..<66_667).allSatisfy { found[$0] * 2000 + found[66_667 + $0] == Double(3 * $0) })
    #expect(
      failure(of: NonZero(), [SampleArray([2, 5], .int64), mask])
        == "the mask changed: 5 elements were counted and there are 66667")
  }

  @Test func oneHotRowsOutOfRangeAreOff() {
    let out = SampleArray([4, 2], .float16)
    let index = SampleArray([0, 1, 2, -1], [4], .int64)
    #expect(failure(of: OneHot(on: 0.5, off: -2), [out, index]) == nil)
    #expect(out.values == [0.5, -2, -2, 0.5, -2, -2, -2, -2])
  }

  @Test func aLongLineSortsInBlocksAsItWouldAtOnce() {
    let count = 300_000
    var random = PhiloxGenerator(RandomKey(seed: 11))
    let values = (0..<count).map { _ in Double(Int.random(in: -1000..<1000, using: &random)) }
    let x = SampleArray(values, [count], .float32)
    let order = SampleArray([count], .int64)
    #expect(failure(of: ArgSort(axis: 0), [order, x]) == nil)
    let found = order.values.map { Int($0) }
    #expect(Set(found).count == count)
    let inOrder = zip(found, found.dropFirst()).allSatisfy {
      (values[$0], $0) < (values[$1], $1)
    }
    #expect(inOrder)
    let falling = SampleArray([count], .float32)
    #expect(failure(of: Sort(axis: 0, descending: true), [falling, x]) == nil)
    let numbers = falling.values
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(numbers.reduce(0, +) == values.reduce(0, +))
  }

  @Test func extremesOfWideIntegersSort() {
    let x = SampleArray([0, 0, 0, 0], [4], .uint64)
    let memory = x.operand.base.assumingMemoryBound(to: UInt64.self)
    let numbers: [UInt64] = [5, .max, 0, .max - 1]
    for (place, number) in numbers.enumerated() { memory[place] = number }
    let order = SampleArray([4], .int64)
    #expect(failure(of: ArgSort(axis: 0), [order, x]) == nil)
    #expect(order.values == [2, 0, 3, 1])
    #expect(failure(of: ArgSort(axis: 0, descending: true), [order, x]) == nil)
    #expect(order.values == [1, 3, 0, 2])
  }

  @Test func emptyArraysSortAndScan() {
    let (x, out) = (SampleArray([3, 0], .float32), SampleArray([3, 0], .float32))
    for axis in 0..<2 {
      #expect(failure(of: Sort(axis: axis), [out, x]) == nil)
      #expect(failure(of: Scan(.sum, axis: axis), [out, x]) == nil)
      #expect(failure(of: ArgSort(axis: axis), [SampleArray([3, 0], .int64), x]) == nil)
    }
    let found = SampleArray([2], .int64)
    let operands = [found, SampleArray([0], .float32), SampleArray([1, 2], [2], .float32)]
    #expect(failure(of: SearchSorted(), operands) == nil)
    #expect(found.values == [0, 0])
  }

  @Test func scansOfBoolAndHalfs() {
    let flags = SampleArray([Double](repeating: 1, count: 300), [300], .bool)
    #expect(failure(of: Scan(.sum, axis: 0), [flags, flags]) == nil)
    #expect(flags.values.allSatisfy { $0 == 1 })
    let halves = SampleArray([Double](repeating: 1, count: 600), [600], .bfloat16)
    #expect(failure(of: Scan(.sum, axis: 0), [halves, halves]) == nil)
    #expect(halves.values[255] == 256 && halves.values[599] == 600)
  }
}
