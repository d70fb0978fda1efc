import TandemArray
import Testing

/// Reading and assigning parts of arrays, against NumPy: `Tests/Fixtures/indexing.py`.
@Suite struct IndexingFixtureTests {
  /// One line of the fixture file.
  struct Case {
    let isGet: Bool
    let shape: Shape
    let indices: [any AxisIndex]
    /// The shape of what is read or of the value that is assigned.
    let otherShape: Shape
    let elements: [Int]
    let text: String

    init(_ line: Substring) {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      text = fields[..<3].joined(separator: " ")
      isGet = fields[0] == "get"
      shape = Case.shape(fields[1])
      indices = fields[2].split(separator: " ").map(Case.index)
      otherShape = Case.shape(fields[3])
      elements = Case.numbers(fields[4])
    }

    var source: NDArray { NDArray.arange(shape.elementCount).reshaped(shape) }

    static func shape(_ text: Substring) -> Shape {
      Shape(text.split(separator: ",").compactMap { Int($0) })
    }

    static func numbers(_ text: Substring) -> [Int] {
      text.split(separator: ";").compactMap { Int($0) }
    }

    static func index(_ word: Substring) -> any AxisIndex {
      if word == "new" { return Axis.newAxis }
      if word == "..." { return Axis.ellipsis }
      if let position = Int(word) { return position }
      if word.hasPrefix("i") || word.hasPrefix("m") {
        let parts = word.dropFirst().split(separator: "=", omittingEmptySubsequences: false)
        let array = NDArray(numbers(parts[1]), shape: shape(parts[0]))
        return word.hasPrefix("i") ? array : array.cast(to: .bool)
      }
      let parts = word.split(separator: ":", omittingEmptySubsequences: false)
      let step = parts.count > 2 ? Int(parts[2])! : 1
      return range(Int(parts[0]), Int(parts[1]), step)
    }

    /// One of the forms that a user would write: ranges with their last position where that is
    /// even.
    static func range(_ low: Int?, _ high: Int?, _ step: Int) -> any AxisIndex {
      let last = high.map { $0 - 1 }
      switch (low, last) {
      // Before position 0 lies −1, which is the last one.
      case (_, .some(-1)): break
      case (nil, let last?) where step == 1 && last.isMultiple(of: 2): return ...last
      case (let low?, let last?) where step == 1 && last.isMultiple(of: 2) && low <= last:
        return low...last
      case (let low?, nil) where step == 1 && low < 0 && low.isMultiple(of: 2): return low...(-1)
      default: break
      }
      switch (low, high) {
      case (nil, nil) where step == 1: return Axis.all
      case (let low?, nil) where step == 1: return low...
      case (nil, let high?) where step == 1: return ..<high
      case (let low?, let high?) where step == 1 && low <= high: return low..<high
      default: return Axis.stride(from: low, to: high, by: step)
      }
    }
  }

  static func cases() throws -> [Case] {
    try FixtureText.read("indexing").split(separator: "\n").map(Case.init)
  }

  @Test func closedRangesAreAmongTheCases() throws {
    let indices = try IndexingFixtureTests.cases().flatMap(\.indices)
    #expect(indices.count { $0 is ClosedRange<Int> } > 20)
    #expect(indices.count { ($0 as? ClosedRange<Int>)?.upperBound == -1 } > 5)
    #expect(indices.count { $0 is PartialRangeThrough<Int> } > 20)
  }

  @Test func rangesWithTheirLastPosition() {
    let x = NDArray.arange(12).reshaped([3, 4])
    #expect(x[1...2].scalars(as: Int.self) == Array(4..<12))
    #expect(x[...1].scalars(as: Int.self) == Array(0..<8))
    #expect(x[...(-1)].scalars(as: Int.self) == Array(0..<12))
    #expect(x[...(-2), -3...(-1)].scalars(as: Int.self) == [1, 2, 3, 5, 6, 7])
    #expect(x[-2...(-1), 0...0].scalars(as: Int.self) == [4, 8])
    var y = x
    y[...1, 2...3] = NDArray(-1)
    #expect(y.scalars(as: Int.self) == [0, 1, -1, -1, 4, 5, -1, -1, 8, 9, 10, 11])
    y[...(-1)] = x
    #expect(y.scalars(as: Int.self) == Array(0..<12))
  }

  @Test func assignsBehindALeadingEllipsis() {
    let x = NDArray.arange(12).reshaped([3, 2, 2])
    var y = x
    y[..., 0] = NDArray(-1)
    #expect(y.scalars(as: Int.self) == [-1, 1, -1, 3, -1, 5, -1, 7, -1, 9, -1, 11])
    #expect(y[..., 0].shape == [3, 2])
    y[..., 1, 1...1] = NDArray([7, 8, 9]).reshaped([3, 1])
    #expect(y.scalars(as: Int.self) == [-1, 1, -1, 7, -1, 5, -1, 8, -1, 9, -1, 9])
    #expect(x.scalars(as: Int.self) == Array(0..<12))
  }

  @Test func readsLikeNumPy() throws {
    for test in try IndexingFixtureTests.cases() where test.isGet {
      let result = test.source.subscripted(test.indices)
      #expect(result.shape == test.otherShape, "\(test.text)")
      #expect(result.scalars(as: Int.self) == test.elements, "\(test.text)")
    }
  }

  @Test func assignsLikeNumPy() throws {
    for test in try IndexingFixtureTests.cases() where !test.isGet {
      let count = test.otherShape.elementCount
      let value = (-1 - NDArray.arange(count)).reshaped(test.otherShape)
      let source = test.source
      var changed = source
      changed.assign(value, at: test.indices)
      #expect(changed.scalars(as: Int.self) == test.elements, "\(test.text)")
      #expect(source.scalars(as: Int.self) == Array(0..<source.count), "\(test.text)")
      // The only owner: in place where that is legal.
      var owner = test.source
      owner.assign(value, at: test.indices)
      #expect(owner.scalars(as: Int.self) == test.elements, "in place: \(test.text)")
    }
  }

  /// What is read does not depend on how the source lies in memory.
  @Test func readsOtherMemoryOrders() throws {
    for test in try IndexingFixtureTests.cases() {
      let order = Array((0..<test.shape.rank).reversed())
      let reversed = test.source.transposed(order).contiguous().transposed(order)
      if test.isGet {
        let result = reversed.subscripted(test.indices)
        #expect(result.scalars(as: Int.self) == test.elements, "\(test.text)")
      } else {
        var changed = reversed + 0
        let count = test.otherShape.elementCount
        changed.assign(
          (-1 - NDArray.arange(count)).reshaped(test.otherShape), at: test.indices)
        #expect(changed.scalars(as: Int.self) == test.elements, "\(test.text)")
      }
    }
  }

  /// Indexing is linear: the gradient of the sum of squares of a part is twice the part in its
  /// place, and an assigned value takes over the gradient of the elements that it replaces.
  @Test func gradients() throws {
    for (number, test) in try IndexingFixtureTests.cases().enumerated() where number % 4 < 2 {
      let x = test.source.cast(to: .float64) * 0.25 - 3
      let value = NDArray.random.normal(test.otherShape, seed: 1, dtype: .float64)
      let check = checkGradient(
        of: { arrays in
          if test.isGet {
            return arrays[0].subscripted(test.indices).squared()
          }
          var changed = arrays[0]
          changed.assign(arrays[1], at: test.indices)
          return changed.squared() * 0.5
        }, at: test.isGet ? [x] : [x, value], seed: UInt64(number))
      #expect(check.error < 1e-6, "\(test.text): \(check)")
    }
  }
}

extension NDArray {
  /// `self[indices...]` for indices that are known at run time only.
  func subscripted(_ i: [any AxisIndex]) -> NDArray {
    switch i.count {
    case 0: self
    case 1: self[i[0]]
    case 2: self[i[0], i[1]]
    case 3: self[i[0], i[1], i[2]]
    case 4: self[i[0], i[1], i[2], i[3]]
    case 5: self[i[0], i[1], i[2], i[3], i[4]]
    case 6: self[i[0], i[1], i[2], i[3], i[4], i[5]]
    case 7: self[i[0], i[1], i[2], i[3], i[4], i[5], i[6]]
    default: self[i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]]
    }
  }

  /// `self[indices...] = value` for indices that are known at run time only.
  mutating func assign(_ value: NDArray, at i: [any AxisIndex]) {
    switch i.count {
    case 0: self = value
    case 1: self[i[0]] = value
    case 2: self[i[0], i[1]] = value
    case 3: self[i[0], i[1], i[2]] = value
    case 4: self[i[0], i[1], i[2], i[3]] = value
    case 5: self[i[0], i[1], i[2], i[3], i[4]] = value
    case 6: self[i[0], i[1], i[2], i[3], i[4], i[5]] = value
    case 7: self[i[0], i[1], i[2], i[3], i[4], i[5], i[6]] = value
    default: self[i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]] = value
    }
  }
}
