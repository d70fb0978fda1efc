import TandemArray
import Testing

/// Shapes that there cannot be are refused in words, on the user's line, before any memory is asked
/// for.
@Suite struct ShapeMessageTests {
  @Test func negativeLengths() {
    let x = NDArray.arange(6)
    expectFailure("shape: negative length: [2, -3]") { _ = NDArray.zeros([2, -3]) }
    expectFailure("shape: negative length: [-1]") { _ = NDArray.ones([-1]) }
    expectFailure("shape: negative length: [-2, 1]") { _ = NDArray.full([-2, 1], 7) }
    expectFailure("shape: negative length: [-4]") { _ = NDArray.random.normal([-4]) }
    expectFailure("shape: negative length: [-4]") { _ = NDArray.random.integers(in: 0..<3, [-4]) }
    expectFailure("random: shape: negative length: [-4]") { _ = NDArray.random.permutation(-4) }
    expectFailure("shape: negative length: [-6]") { _ = x.broadcast(to: [-6]) }
    expectFailure("reshaped: shape: negative length: [2, -3]: int64[6]") {
      _ = x.reshaped([2, -3])
    }
    expectFailure("linspace: a negative count: -1") { _ = NDArray.linspace(0, 1, count: -1) }
    expectFailure("eye: a negative length: [-1, -1]") { _ = NDArray.eye(-1) }
    expectFailure("tiled: negative count -1: int64[6]") { _ = x.tiled([-1]) }
    expectFailure("repeated: negative count -1: int64[6]") { _ = x.repeated(-1, axis: 0) }
    expectFailure("oneHot: the depth -1 is negative: int64[6]") { _ = x.oneHot(-1) }
    let lengths = [2, -3]
    expectFailure("shape: negative length: [2, -3]") { _ = NDArray.zeros(Shape(lengths)) }
    let nine = [1, 1, 1, 1, 1, 1, 1, 1, 1]
    expectFailure("shape: more than 8 axes: \(nine)") {
      _ = NDArray.zeros([1, 1, 1, 1, 1, 1, 1, 1, 1])
    }
  }

  @Test func tooManyElements() {
    let x = NDArray.arange(6)
    let huge = "[100000, 100000, 100000, 100000]"
    expectFailure("full: too many elements: float32\(huge)") {
      _ = NDArray.zeros([100_000, 100_000, 100_000, 100_000])
    }
    expectFailure("random: too many elements: float32\(huge)") {
      _ = NDArray.random.uniform([100_000, 100_000, 100_000, 100_000])
    }
    expectFailure("broadcast: too many elements: float32\(huge)") {
      _ = NDArray(1.0).broadcast(to: [100_000, 100_000, 100_000, 100_000])
    }
    let shape = Shape([100_000, 100_000, 100_000, 100_000])
    expectFailure("reshaped: too many elements in \(huge): int64[6]") { _ = x.reshaped(shape) }
    expectFailure("reshaped: shape: too many elements: \(huge): int64[6]") {
      _ = x.reshaped([100_000, 100_000, 100_000, 100_000])
    }
    expectFailure("reshaped: shape: too many elements: [0, \(1 << 40), \(1 << 40)]: int64[6]") {
      _ = x.reshaped([-1, 1 << 40, 1 << 40])
    }
    expectFailure("array: 1 numbers do not fill the shape \(huge)") {
      _ = NDArray([1], shape: shape)
    }
    let most = Int.max
    expectFailure("random: shape: too many elements: [\(most)]") {
      _ = NDArray.random.permutation(.max)
    }
    expectFailure("linspace: shape: too many elements: [\(most)]") {
      _ = NDArray.linspace(0, 1, count: .max)
    }
    expectFailure("arange: shape: too many elements: [\(most)]") { _ = NDArray.arange(.max) }
    expectFailure("arange: shape: too many elements: [\(most)]") { _ = NDArray.arange(.min, .max) }
    expectFailure("eye: shape: too many elements: [\(most), \(most)]") { _ = NDArray.eye(.max) }
    expectFailure("oneHot: too many elements: float32[6, \(most)]") { _ = x.oneHot(.max) }
    expectFailure("padded: too many elements: (\(most), 0): int64[6]") {
      _ = x.padded([(before: .max, after: 0)])
    }
    expectFailure("broadcast: too many elements: int64[\(most), 6]") { _ = x.tiled([.max]) }
    expectFailure("broadcast: too many elements: int64[6, \(most)]") {
      _ = x.repeated(.max, axis: 0)
    }
  }

  /// Views take no memory, so what they broadcast to may be the first that is too large.
  @Test func shapesThatAreRightBroadcastToOneThatIsNot() {
    let length = 1 << 40
    let column = NDArray.ones([1, 1]).broadcast(to: [length, 1])
    let row = NDArray.ones([1, 1]).broadcast(to: [1, length])
    #expect(column.count == length)
    expectFailure("add: too many elements: float32[\(length), \(length)]") { _ = column + row }
    expectFailure("matmul: too many elements: float32[\(length), \(length)]") {
      _ = column.matmul(row)
    }
    expectFailure("add: too many elements: float32[\(length), \(length)]") {
      _ = Graph.trace(inputs: [column.type, row.type]) { [$0[0] + $0[1]] }
    }
  }

  /// A parameter's shape is made of lengths that may each be right.
  @Test func parametersThatAreTooLarge() {
    let weight = Parameter(shape: [1 << 40, nil], initializer: .heUniform)
    expectFailure("parameter unbound: too many elements: [\(1 << 40), \(1 << 40)]") {
      _ = weight.value(for: 1 << 40)
    }
  }

  /// The results are NumPy's.
  @Test func stepsAndRangesThatWouldOverflow() {
    #expect(NDArray.arange(1.0, 0.0, step: 1e-20).shape == [0])
    #expect(NDArray.arange(0.0, 1.0, step: -1e-300).shape == [0])
    expectFailure("arange: no steps of 1e-20 lead from 0.0 to 1.0") {
      _ = NDArray.arange(0.0, 1.0, step: 1e-20)
    }
    expectFailure("arange: no steps of 0.0 lead from 1.0 to 1.0") {
      _ = NDArray.arange(1.0, 1.0, step: 0.0)
    }
    let ends = NDArray.arange(.min, .max, step: .max)
    #expect(ends.scalars(as: Int.self) == [.min, -1, .max - 1])
    #expect(NDArray.arange(.max, .min, step: .min).scalars(as: Int.self) == [.max, -1])
    #expect(NDArray.arange(.max - 1, .max, step: 2).scalars(as: Int.self) == [.max - 1])
    let (x, most) = (NDArray.zeros([2, 3]), Int.max)
    expectFailure("index: 0...\(most) is out of range for axis 0 of length 2: float32[2, 3]") {
      _ = x[0...Int.max]
    }
    expectFailure("index: ...\(most) is out of range for axis 0 of length 2: float32[2, 3]") {
      _ = x[...Int.max]
    }
    expectFailure(
      "index: \(Int.min)...\(most) is out of range for axis 1 of length 3: float32[2, 3]"
    ) {
      _ = x[0, Int.min...Int.max]
    }
  }
}
