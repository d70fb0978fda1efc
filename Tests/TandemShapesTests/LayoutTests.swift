import Testing

@testable import TandemShapes

struct LayoutTests {
  @Test("reshaping makes a view exactly where NumPy does, of the same elements")
  func reshape() throws {
    for row in try fixtureRows("reshape.txt") {
      let layout = Layout(
        Shape(integers(row[0])), strides: integers(row[1]), offset: try #require(Int(row[2])))
      let (target, offsets) = (Shape(integers(row[3])), integers(row[6]))
      #expect(layout.elementOffsets == offsets)
      let view = layout.reshaped(target)
      #expect((view != nil) == (row[4] == "view"), "\(layout) to \(target)")
      if let view {
        #expect(view.shape == target)
        #expect(view.elementOffsets == offsets)
      }
    }
  }

  @Test("an array without elements reshapes to any other without copying")
  func reshapeEmpty() {
    let layout = Layout([0, 3, 2], strides: [1, 7, 3], offset: 5)
    #expect(layout.isRowMajor)
    #expect(layout.reshaped([2, 0]) == Layout([2, 0], strides: [1, 1], offset: 5))
  }

  @Test("a scalar and a list of ones are views of each other")
  func reshapeOnes() {
    let scalar = Layout([1, 1], strides: [9, -4], offset: 3)
    #expect(scalar.reshaped([])?.elementOffsets == [3])
    #expect(Layout([]).reshaped([1, 1, 1])?.elementOffsets == [0])
  }

  @Test("permuting moves axes", arguments: [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]])
  func permute(order: [Int]) {
    let layout = Layout([2, 3, 4]).sliced(axis: 2, start: 3, step: -1, count: 4)
    let permuted = layout.permuted(order)
    #expect(permuted.shape.array == order.map { layout.shape[$0] })
    for (i, j, k) in positions(2, 3, 4) {
      let source = [i, j, k]
      #expect(
        permuted.offset(of: order.map { source[$0] }) == layout.offset(of: source))
    }
  }

  @Test("broadcasting repeats the elements of axes of length one")
  func broadcasts() {
    let layout = Layout([3, 1], strides: [2, 1], offset: 4)
    let wide = layout.broadcast(to: [2, 3, 2])
    #expect(wide.elementOffsets == [4, 4, 6, 6, 8, 8, 4, 4, 6, 6, 8, 8])
    #expect(layout.broadcast(to: [3, 1]) == layout)
    #expect(layout.broadcast(to: [3, 0]).elementOffsets == [])
  }

  @Test("slices take the elements that stride(from:by:) names, backwards too")
  func slices() {
    let layout = Layout([4, 5])
    #expect(
      layout.sliced(axis: 1, start: 4, step: -2, count: 3).elementOffsets
        == [4, 2, 0, 9, 7, 5, 14, 12, 10, 19, 17, 15])
    #expect(
      layout.sliced(axis: 0, start: 1, step: 2, count: 2).elementOffsets
        == [5, 6, 7, 8, 9, 15, 16, 17, 18, 19])
    let empty = layout.sliced(axis: 0, start: 4, step: 1, count: 0)
    #expect(empty.offset == 0)
    #expect(empty.elementOffsets == [])
  }

  @Test("selecting, removing and inserting an axis")
  func axes() {
    let layout = Layout([2, 3, 4], strides: [1, 2, 6], offset: 1)
    #expect(layout.selecting(2, axis: 1) == Layout([2, 4], strides: [1, 6], offset: 5))
    #expect(layout.removing(axis: 2) == Layout([2, 3], strides: [1, 2], offset: 1))
    for axis in 0...3 {
      let wider = layout.inserting(axis: axis)
      #expect(wider.shape == layout.shape.inserting(1, at: axis))
      #expect(wider.elementOffsets == layout.elementOffsets)
      #expect(wider.removing(axis: axis) == layout)
    }
  }

  @Test("bounds are the least and greatest offset of any element")
  func bounds() throws {
    for row in try fixtureRows("reshape.txt") {
      let layout = Layout(
        Shape(integers(row[0])), strides: integers(row[1]), offset: try #require(Int(row[2])))
      let offsets = layout.elementOffsets
      #expect(layout.bounds == (offsets.min()!...offsets.max()!))
    }
    #expect(Layout([2, 0]).bounds == nil)
  }

  @Test("row-major and dense are what counting the elements says")
  func density() throws {
    for row in try fixtureRows("reshape.txt") {
      let layout = Layout(
        Shape(integers(row[0])), strides: integers(row[1]), offset: try #require(Int(row[2])))
      let offsets = layout.elementOffsets
      let range = Array(offsets[0]..<offsets[0] + offsets.count)
      #expect(layout.isRowMajor == (offsets == range), "\(layout)")
      // A reversed axis fills a range too, but no order of the axes makes it dense.
      let forward = (0..<layout.rank).allSatisfy {
        layout.shape[$0] == 1 || layout.stride($0) >= 0
      }
      #expect(layout.isDense == (forward && offsets.sorted() == range), "\(layout)")
    }
  }

  @Test("a dense layout in a given order lists that order as its memory order")
  func memoryOrder() {
    let channelsLast = Layout.dense([2, 3, 4, 5], order: [0, 2, 3, 1])
    #expect(channelsLast.stridesArray == [60, 1, 15, 3])
    #expect(channelsLast.memoryOrder == [0, 2, 3, 1])
    #expect(channelsLast.isDense && !channelsLast.isRowMajor)
    #expect(Layout([2, 3]).memoryOrder == [0, 1])
  }

  @Test("equal layouts hash alike whatever unused axes held")
  func hashing() {
    let (a, b) = (Layout([2, 3, 4]).selecting(0, axis: 0), Layout([3, 4]))
    #expect(a == b)
    #expect(a.hashValue == b.hashValue)
    #expect(a != Layout([3, 4], strides: [4, 1], offset: 12))
  }

  private func positions(_ a: Int, _ b: Int, _ c: Int) -> [(Int, Int, Int)] {
    (0..<a).flatMap { i in (0..<b).flatMap { j in (0..<c).map { (i, j, $0) } } }
  }
}

extension Layout {
  fileprivate func offset(of position: [Int]) -> Int {
    zip(position, stridesArray).reduce(offset) { $0 + $1.0 * $1.1 }
  }
}
