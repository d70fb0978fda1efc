import TandemArray
import Testing

/// Shapes that there cannot be are refused in words, on the user's line, before any memory is asked
/// for.
@Suite struct ShapeMessageTests {
  /// Runs `body`, which fails within a few lines of this call, and compares what it says.
  private func expect(
    _ words: String, line: Int = #line, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable () -> Void
  ) {
    let text = failureText(body)
    let texts = (line...line + 10).map { "\(words) (ShapeMessageTests.swift:\($0))" }
    #expect(texts.contains(text), "\(text) is not \(words)", sourceLocation: sourceLocation)
  }

  @Test func negativeLengths() {
    let x = NDArray.arange(6)
    expect("shape: negative length: [2, -3]") { _ = NDArray.zeros([2, -3]) }
    expect("shape: negative length: [-1]") { _ = NDArray.ones([-1]) }
    expect("shape: negative length: [-2, 1]") { _ = NDArray.full([-2, 1], 7) }
    expect("shape: negative length: [-4]") { _ = NDArray.random.normal([-4]) }
    expect("shape: negative length: [-4]") { _ = NDArray.random.integers(in: 0..<3, [-4]) }
    expect("random: shape: negative length: [-4]") { _ = NDArray.random.permutation(-4) }
    expect("shape: negative length: [-6]") { _ = x.broadcast(to: [-6]) }
    expect("reshaped: shape: negative length: [2, -3]: int64[6]") { _ = x.reshaped([2, -3]) }
    expect("linspace: a negative count: -1") { _ = NDArray.linspace(0, 1, count: -1) }
    expect("eye: a negative length: [-1, -1]") { _ = NDArray.eye(-1) }
    expect("tiled: negative count -1: int64[6]") { _ = x.tiled([-1]) }
    expect("repeated: negative count -1: int64[6]") { _ = x.repeated(-1, axis: 0) }
    expect("oneHot: the depth -1 is negative: int64[6]") { _ = x.oneHot(-1) }
    let lengths = [2, -3]
    expect("shape: negative length: [2, -3]") { _ = NDArray.zeros(Shape(lengths)) }
    let nine = [1, 1, 1, 1, 1, 1, 1, 1, 1]
    expect("shape: more than 8 axes: \(nine)") { _ = NDArray.zeros([1, 1, 1, 1, 1, 1, 1, 1, 1]) }
  }

  @Test func tooManyElements() {
    let x = NDArray.arange(6)
    let huge = "[100000, 100000, 100000, 100000]"
    expect("full: too many elements: float32\(huge)") {
      _ = NDArray.zeros([100_000, 100_000, 100_000, 100_000])
    }
    expect("random: too many elements: float32\(huge)") {
      _ = NDArray.random.uniform([100_000, 100_000, 100_000, 100_000])
    }
    expect("broadcast: too many elements: float32\(huge)") {
      _ = NDArray(1.0).broadcast(to: [100_000, 100_000, 100_000, 100_000])
    }
    let shape = Shape([100_000, 100_000, 100_000, 100_000])
    expect("reshaped: too many elements in \(huge): int64[6]") { _ = x.reshaped(shape) }
    expect("reshaped: shape: too many elements: \(huge): int64[6]") {
      _ = x.reshaped([100_000, 100_000, 100_000, 100_000])
    }
    expect("reshaped: shape: too many elements: [0, \(1 << 40), \(1 << 40)]: int64[6]") {
      _ = x.reshaped([-1, 1 << 40, 1 << 40])
    }
    expect("array: 1 numbers do not fill the shape \(huge)") { _ = NDArray([1], shape: shape) }
    let most = Int.max
    expect("random: shape: too many elements: [\(most)]") { _ = NDArray.random.permutation(.max) }
    expect("linspace: shape: too many elements: [\(most)]") {
      _ = NDArray.linspace(0, 1, count: .max)
    }
    expect("arange: shape: too many elements: [\(most)]") { _ = NDArray.arange(.max) }
    expect("arange: shape: too many elements: [\(most)]") { _ = NDArray.arange(.min, .max) }
    expect("eye: shape: too many elements: [\(most), \(most)]") { _ = NDArray.eye(.max) }
    expect("oneHot: too many elements: float32[6, \(most)]") { _ = x.oneHot(.max) }
    expect("padded: too many elements: (\(most), 0): int64[6]") {
      _ = x.padded([(before: .max, after: 0)])
    }
    expect("broadcast: too many elements: int64[\(most), 6]") { _ = x.tiled([.max]) }
    expect("broadcast: too many elements: int64[6, \(most)]") { _ = x.repeated(.max, axis: 0) }
  }

  /// Views take no memory, so what they broadcast to may be the first that is too large.
  @Test func shapesThatAreRightBroadcastToOneThatIsNot() {
    let length = 1 << 40
    let column = NDArray.ones([1, 1]).broadcast(to: [length, 1])
    let row = NDArray.ones([1, 1]).broadcast(to: [1, length])
    #expect(column.count == length)
    expect("add: too many elements: float32[\(length), \(length)]") { _ = column + row }
    expect("matmul: too many elements: float32[\(length), \(length)]") { _ = column.matmul(row) }
    expect("add: too many elements: float32[\(length), \(length)]") {
      _ = Graph.trace(inputs: [column.type, row.type]) { [$0[0] + $0[1]] }
    }
  }

  /// A parameter's shape is made of lengths that may each be right.
  @Test func parametersThatAreTooLarge() {
    let weight = Parameter(shape: [1 << 40, nil], initializer: .heUniform)
    expect("parameter unbound: too many elements: [\(1 << 40), \(1 << 40)]") {
      _ = weight.value(for: 1 << 40)
    }
  }

  /// The results are NumPy's.
  @Test func stepsAndRangesThatWouldOverflow() {
    #expect(NDArray.arange(1.0, 0.0, step: 1e-20).shape == [0])
    #expect(NDArray.arange(0.0, 1.0, step: -1e-300).shape == [0])
    expect("arange: no steps of 1e-20 lead from 0.0 to 1.0") {
      _ = NDArray.arange(0.0, 1.0, step: 1e-20)
    }
    expect("arange: no steps of 0.0 lead from 1.0 to 1.0") {
      _ = NDArray.arange(1.0, 1.0, step: 0.0)
    }
    let ends = NDArray.arange(.min, .max, step: .max)
    #expect(ends.scalars(as: Int.self) == [.min, -1, .max - 1])
    #expect(NDArray.arange(.max, .min, step: .min).scalars(as: Int.self) == [.max, -1])
    #expect(NDArray.arange(.max - 1, .max, step: 2).scalars(as: Int.self) == [.max - 1])
    let (x, most) = (NDArray.zeros([2, 3]), Int.max)
    expect("index: 0...\(most) is out of range for axis 0 of length 2: float32[2, 3]") {
      _ = x[0...Int.max]
    }
    expect("index: ...\(most) is out of range for axis 0 of length 2: float32[2, 3]") {
      _ = x[...Int.max]
    }
    expect("index: \(Int.min)...\(most) is out of range for axis 1 of length 3: float32[2, 3]") {
      _ = x[0, Int.min...Int.max]
    }
  }
}
