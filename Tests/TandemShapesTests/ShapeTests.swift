import Testing

@testable import TandemShapes

struct ShapeTests {
  @Test("broadcasting is NumPy's")
  func broadcasting() throws {
    for row in try fixtureRows("broadcast.txt") {
      let (lhs, rhs) = (Shape(integers(row[0])), Shape(integers(row[1])))
      if row[2] == "to" {
        #expect(try broadcast(lhs, rhs) == Shape(integers(row[3])))
      } else {
        let error = try #require(throws: ShapeError.self) { try broadcast(lhs, rhs) }
        #expect(error.message == "shapes do not broadcast: \(lhs), \(rhs)")
      }
    }
  }

  @Test("counting elements, axes and their lengths")
  func counting() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.rank == 3)
    #expect(shape.elementCount == 24)
    #expect(shape[0] == 2 && shape[-1] == 4 && shape[-3] == 2)
    #expect(Shape().elementCount == 1)
    #expect(Shape([2, 0, 5]).elementCount == 0)
    #expect(shape.array == [2, 3, 4])
    #expect(shape.description == "[2, 3, 4]")
    #expect(Shape().description == "[]")
  }

  @Test("shapes made from others")
  func derived() {
    let shape: Shape = [2, 3, 4]
    #expect(shape.appending(5, 6) == [2, 3, 4, 5, 6])
    #expect(shape.dropLast() == [2, 3])
    #expect(shape.dropLast(2) == [2])
    #expect(shape.dropLast(9) == [])
    #expect(shape.removing(axis: 0) == [3, 4])
    #expect(shape.removing(axis: 2) == [2, 3])
    #expect(shape.inserting(7, at: 0) == [7, 2, 3, 4])
    #expect(shape.inserting(7, at: 3) == [2, 3, 4, 7])
    var changed = shape
    changed[-1] = 9
    #expect(changed == [2, 3, 9])
  }

  @Test("axes are counted from either end, and no further")
  func axes() {
    let shape: Shape = [2, 3]
    #expect([-3, -2, -1, 0, 1, 2].map { shape.normalized(axis: $0) } == [nil, 0, 1, 0, 1, nil])
    #expect(Shape().normalized(axis: 0) == nil)
  }

  @Test("equal shapes hash alike; a longer one of the same start differs")
  func hashing() {
    let shortened = Shape([2, 3, 4]).dropLast()
    #expect(shortened == [2, 3])
    #expect(shortened.hashValue == Shape([2, 3]).hashValue)
    #expect(shortened != [2, 3, 1] && shortened != [3, 2])
  }

  @Test(
    "lengths from outside are refused in words",
    arguments: [
      ([1, 2, 3, 4, 5, 6, 7, 8, 9], "shape: more than 8 axes: [1, 2, 3, 4, 5, 6, 7, 8, 9]"),
      ([2, -1], "shape: negative length: [2, -1]"),
      ([1 << 32, 1 << 31], "shape: too many elements: [4294967296, 2147483648]"),
      ([0, 1 << 40, 1 << 40], "shape: too many elements: [0, 1099511627776, 1099511627776]"),
    ])
  func refused(lengths: [Int], message: String) throws {
    let error = try #require(throws: ShapeError.self) { try Shape(checking: lengths) }
    #expect(error.description == message)
  }

  @Test("lengths from outside that fit are taken")
  func accepted() throws {
    #expect(try Shape(checking: [2, 0, 3]) == [2, 0, 3])
    #expect(try Shape(checking: []) == [])
    #expect(try Shape(checking: Array(repeating: 1, count: 8)).rank == 8)
  }
}

struct TensorTypesTests {
  private let types: [TensorType] = [
    .float32([2, 3]), .int64([]), .float64([4]), TensorType([1], .bool), TensorType([5], .bfloat16),
  ]

  @Test("a few types are a collection, inline or not", arguments: 0...5)
  func collection(count: Int) {
    let list = TensorTypes(types.prefix(count))
    #expect(list.count == count)
    #expect(Array(list) == Array(types.prefix(count)))
    #expect(list == TensorTypes(types.prefix(count)))
    #expect(list.hashValue == TensorTypes(types.prefix(count)).hashValue)
    #expect(count == 0 || list != TensorTypes(types.prefix(count - 1)))
  }

  @Test("one and two types need no list")
  func few() {
    #expect(Array(TensorTypes(types[0])) == [types[0]])
    #expect(Array(TensorTypes(types[0], types[1])) == [types[0], types[1]])
    #expect(TensorTypes() == [])
  }

  @Test("types read as dtype and shape")
  func descriptions() {
    #expect(TensorTypes(types.prefix(3)).description == "float32[2, 3], int64[], float64[4]")
    #expect(TensorType([5], .bfloat16).description == "bfloat16[5]")
  }

  @Test("sizes in bytes")
  func bytes() {
    #expect(TensorType.float64([3, 2]).byteCount == 48)
    #expect(TensorType([3, 0], .complex128).byteCount == 0)
    #expect(TensorType([7], .bfloat16).byteCount == 14)
    #expect(TensorType([7], .bfloat16).rank == 1)
  }

  @Test("a requirement that does not hold names every operand")
  func requirement() throws {
    let error = try #require(throws: ShapeError.self) {
      try require(false, "matmul: inner axes differ", [types[0], types[2]])
    }
    #expect(error.description == "matmul: inner axes differ: float32[2, 3], float64[4]")
    try require(true, "never read", [])
  }
}
