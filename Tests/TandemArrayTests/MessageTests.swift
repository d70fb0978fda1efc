import TandemArray
import Testing

/// The exact words of programming errors, with the user's line.
@Suite struct MessageTests {
  @Test func indices() {
    let x = NDArray.zeros([2, 3])
    expectFailure("index: 2 is out of range for axis 0 of length 2: float32[2, 3]") { _ = x[2] }
    expectFailure("index: -4 is out of range for axis 1 of length 3: float32[2, 3]") {
      _ = x[0, -4]
    }
    expectFailure("index: 1..<5 is out of range for axis 1 of length 3: float32[2, 3]") {
      _ = x[0, 1..<5]
    }
    expectFailure("index: 3... is out of range for axis 0 of length 2: float32[2, 3]") {
      _ = x[3...]
    }
    expectFailure("index: ..<4 is out of range for axis 1 of length 3: float32[2, 3]") {
      _ = x[..., ..<4]
    }
    expectFailure(
      "index: .stride(from: 3, to: nil, by: -1) is out of range for axis 1 of length "
        + "3: float32[2, 3]"
    ) {
      _ = x[0, .stride(from: 3, by: -1)]
    }
    expectFailure(
      "index: the step of .stride(from: nil, to: nil, by: 0) is zero: float32[2, 3]"
    ) {
      _ = x[.stride(by: 0)]
    }
    expectFailure("index: 3 indices for 2 axes: float32[2, 3]") { _ = x[0, 0, 0] }
    expectFailure("index: more than one ellipsis: float32[2, 3]") { _ = x[.ellipsis, .ellipsis] }
    expectFailure(
      "index: an array of indices holds integers or bool, not float32[2]"
    ) {
      _ = x[NDArray([0, 1])]
    }
    expectFailure(
      "index: the mask does not cover axes of its shape: bool[3], float32[2, 3]"
    ) {
      _ = x[NDArray([true, false, true])]
    }
    expectFailure("index: a mask needs an axis: bool[], float32[2, 3]") { _ = x[NDArray(true)] }
    expectFailure(
      "index: more than 8 axes: float32[2, 3]"
    ) {
      _ = x[.newAxis, .newAxis, .newAxis, .newAxis, .newAxis, .newAxis, .newAxis]
    }
  }

  @Test func assignments() {
    let x = NDArray.zeros([2, 3])
    let rows = NDArray([0, 1], dtype: .int64)
    expectFailure(
      "assign: value does not fit [2]: float32[2, 3], float32[3]"
    ) {
      var y = x
      y[.all, 0] = NDArray([1, 2, 3])
    }
    expectFailure(
      "assign: value does not fit [2, 3]: float32[2, 3], float32[2]"
    ) {
      var y = x
      y[rows] = NDArray([1, 2])
    }
    expectFailure("index: 2 is out of range for axis 0 of length 2: float32[2, 3]") {
      var y = x
      y[2] = 0
    }
    expectFailure(
      "assign: index arrays do not broadcast: float32[2, 3], int64[2], int64[3]"
    ) {
      var y = x
      y[rows, NDArray([0, 1, 2], dtype: .int64)] = 0
    }
  }

  @Test func operators() {
    let (x, y) = (NDArray.zeros([2, 3]), NDArray.zeros([2]))
    expectFailure("add: shapes do not broadcast: float32[2, 3], float32[2]") { _ = x + y }
    expectFailure("multiply: shapes do not broadcast: float32[2, 3], float32[2]") {
      var z = x
      z *= y
    }
    expectFailure("equal: shapes do not broadcast: float32[2, 3], float32[2]") { _ = (x .== y) }
    expectFailure("matmul: inner axes differ: float32[2, 3], float32[2, 3]") { _ = x.matmul(x) }
    expectFailure("reshaped: 6 elements do not fill [4]: float32[2, 3]") { _ = x.reshaped([4]) }
  }

  @Test func creation() {
    expectFailure(
      "array: the nested lists are not a rectangle of shape [2, 2]"
    ) {
      _ = NDArray([[1, 2], [3]])
    }
    expectFailure("array: the nested lists are not a rectangle of shape [2]") {
      _ = NDArray([1, [2]])
    }
    let ragged = [[1, 2], [3]]
    expectFailure("array: the nested arrays are not a rectangle of shape [2, 2]") {
      _ = NDArray(ragged)
    }
    expectFailure(
      "array: 3 numbers do not fill the shape [2, 2]"
    ) {
      _ = NDArray([1, 2, 3], shape: [2, 2])
    }
    expectFailure("arange: the step is zero") { _ = NDArray.arange(0, 5, step: 0) }
    expectFailure(
      "arange: no steps of 0.0 lead from 0.0 to 1.0"
    ) {
      _ = NDArray.arange(0.0, 1.0, step: 0.0)
    }
    expectFailure("linspace: a negative count: -1") { _ = NDArray.linspace(0, 1, count: -1) }
    expectFailure("eye: a negative length: [-1, 2]") { _ = NDArray.eye(-1, columns: 2) }
    expectFailure(
      "shape: more than 8 axes: [1, 1, 1, 1, 1, 1, 1, 1, 1]"
    ) {
      _ = NDArray([[[[[[[[[1]]]]]]]]])
    }
  }

  @Test func reading() {
    let x = NDArray.zeros([2, 3])
    expectFailure("item: needs one element: float32[2, 3]") { _ = x.item() }
    let bad = Linalg.cholesky(NDArray([[1, 2], [2, 1]]))
    let line = #line - 1
    let words =
      "cholesky: leading minor 2 is not positive: float32[2, 2], "
      + "queued at MessageTests.swift:\(line)"
    expectFailure(words) { _ = bad.scalars(as: Float.self) }
    expectFailure(words) { _ = (bad + 1)[0, 0].item() }
    expectFailure(words) { _ = x[bad[0] .> 0] }
  }

  @Test func gradients() {
    let x = NDArray([1, 2])
    let weight = Parameter(NDArray([1, 2]))
    expectFailure(
      "gradient: an argument has no gradient: int64[2]"
    ) {
      _ = gradient(of: { $0.sum() })(NDArray.arange(2))
    }
    expectFailure(
      "gradient: needs a function whose value is one float, not float32[2]"
    ) {
      _ = gradient(of: { $0 * 2 })(x)
    }
    expectFailure(
      "gradient: needs a function whose value is one float, not bool[]"
    ) {
      _ = gradient(of: { $0.sum() .> 0 })(x)
    }
    expectFailure(
      "backward: was not computed from parameters inside record: float32[2]"
    ) {
      (x * 2).backward()
    }
    expectFailure(
      "backward: the gradient has another type: float32[1], float32[2]"
    ) {
      record { weight.value * 2 }.backward(NDArray([1]))
    }
    expectFailure(
      "backward: what was recorded has already been used: pass retainingTape: true"
    ) {
      let y = record { weight.value * 2 }
      y.backward()
      y.backward()
    }
    expectFailure(
      "withCustomGradient: 1 inputs, but 0 gradients"
    ) {
      _ = gradient(of: { x in
        withCustomGradient([x], forward: { [$0[0].sum()] }, backward: { _, _, _ in [] })[0]
      })(x)
    }
  }

  @Test func customGradientsOfAnotherType() {
    let x = NDArray([[1, 2, 3], [4, 5, 6]])
    @Sendable func slope(_ given: @escaping @Sendable (NDArray) -> NDArray) {
      _ = gradient(of: { x in
        withCustomGradient([x], forward: { [$0[0].sum()] }, backward: { x, _, _ in [given(x[0])] })[
          0]
      })(x)
    }
    let words = "withCustomGradient: the gradient of input 0 has another type than the input"
    let site = "(MessageTests.swift:"
    for (gradient, text) in [
      (NDArray([1, 2, 3]), "float32[3]"), (NDArray([[1]]), "float32[1, 1]"),
      (x.cast(to: .float64), "float64[2, 3]"),
    ] {
      let said = failureText { slope { _ in gradient } }
      #expect(said.hasPrefix("\(words): \(text), float32[2, 3] \(site)"), "\(said)")
    }
    #expect(failureText { slope { $0 * 2 } } == "did not fail")
  }

  @Test func uniqueNamesTheCallersLine() {
    expectFailure("sorted: complex numbers have no order: complex64[2]") {
      _ = NDArray([1, 2], dtype: .complex64).unique()
    }
    expectFailure("argSort: complex numbers have no order: complex64[2]") {
      _ = NDArray([1, 2], dtype: .complex64).uniqueWithPlaces()
    }
  }

  @Test func readsInTraces() {
    let cure =
      "a value is read inside a traced region, where there is none yet; return it from the region, "
      + "or use where, cond or whileLoop: float32[]"
    expectFailure(
      "item: \(cure)"
    ) {
      _ = Graph.trace(inputs: [.float32([])]) {
        _ = $0[0].item()
        return $0
      }
    }
    expectFailure(
      "scalars: \(cure)"
    ) {
      _ = Graph.trace(inputs: [.float32([])]) {
        _ = $0[0].scalars(as: Float.self)
        return $0
      }
    }
    expectFailure(
      "wait: \(cure)"
    ) {
      _ = Graph.trace(inputs: [.float32([])]) {
        try? $0[0].wait()
        return $0
      }
    }
    expectFailure(
      "withUnsafeBytes: \(cure)"
    ) {
      _ = Graph.trace(inputs: [.float32([])]) {
        try? $0[0].withUnsafeBytes { _ in }
        return $0
      }
    }
  }

  @Test func readsOfCapturesInTraces() {
    let x = NDArray([1, 2])
    let cure =
      "the value of an array from outside is read inside a traced region, which would keep it as a "
      + "constant; compute with the array, or read it before: float32[2]"
    expectFailure("scalars: \(cure)") {
      _ = Graph.trace(inputs: [.float32([])]) { [$0[0] * x.scalars(as: Double.self)[0]] }
    }
    expectFailure("withUnsafeBytes: \(cure)") {
      _ = Graph.trace(inputs: [.float32([])]) {
        [$0[0] * ((try? x.withUnsafeBytes { Double($0.count) }) ?? 0)]
      }
    }
  }

  @Test func movesInTraces() {
    expectFailure(
      "to: an array does not move to cpu(0) inside a traced region, which runs on one device; move "
        + "it before or after: float32[2]"
    ) {
      let f = compile { (x: NDArray) in x.to(.cpu(0)) * 2 }
      _ = f(NDArray([1, 2]))
    }
  }

  @Test func valuesThatLeaveTraces() {
    expectFailure(
      "nonzero: the shape of the result depends on values, which a traced region does "
        + "not have; use where: bool[2]"
    ) {
      _ = Graph.trace(inputs: [.float32([2])]) { [$0[0][$0[0] .> 0]] }
    }
  }

  @Test func escapedSymbols() {
    expectFailure(
      "add: an array has left the traced region that it belongs to; return it from the "
        + "region: float32[], float32[]"
    ) {
      var leak = NDArray(0)
      _ = Graph.trace(inputs: [.float32([])]) {
        leak = $0[0]
        return $0
      }
      _ = leak + 1
    }
    expectFailure(
      "exp: an array has left the traced region that it belongs to; return it from the "
        + "region: float32[]"
    ) {
      var leak = NDArray(0)
      _ = Graph.trace(inputs: [.float32([])]) {
        leak = $0[0]
        return $0
      }
      _ = leak.exp()
    }
    expectFailure(
      "add: a symbol has left the trace that it belongs to"
    ) {
      var leak = NDArray(0)
      _ = Graph.trace(inputs: [.float32([])]) {
        leak = $0[0]
        return $0
      }
      _ = Graph.trace(inputs: [.float32([])]) { [$0[0] + leak] }
    }
    expectFailure(
      "trace: a result belongs to another traced region: float32[]"
    ) {
      var leak = NDArray(0)
      _ = Graph.trace(inputs: [.float32([])]) {
        leak = $0[0]
        return $0
      }
      _ = Graph.trace(inputs: [.float32([])]) { _ in [leak] }
    }
  }

  @Test func parameters() {
    let weight = Parameter(shape: [4, nil], initializer: .zeros)
    weight.bind(path: "blocks.0.weight")
    #expect(
      failureText { _ = weight.value }
        == "parameter blocks.0.weight: the shape [4, ?] is not known before the first call")
    #expect(
      failureText { weight.value = NDArray.zeros([3, 2]) }
        == "parameter blocks.0.weight: float32[3, 2] does not fit [4, ?]")
    _ = weight.value(for: 3)
    #expect(
      failureText { weight.value = NDArray.zeros([4, 3], dtype: .int64) }
        == "parameter blocks.0.weight: holds float32, not int64[4, 3]")
    #expect(
      failureText { weight.value = NDArray.zeros([4, 3], dtype: .float64) }
        == "parameter blocks.0.weight: holds float32, not float64[4, 3]")
    let fresh = Parameter(shape: [nil], initializer: .zeros)
    fresh.bind(path: "fresh")
    #expect(
      failureText { fresh.value = NDArray([true]) }
        == "parameter fresh: holds floats, not bool[1]")
    fresh.value = NDArray([1.0], dtype: .float64)
    #expect(fresh.value.type == .float64([1]))
    expectFailure(
      "parameter blocks.0.weight: was made as float32[4, 3], but axis 1 is now 5"
    ) {
      _ = weight.value(for: 5)
    }
  }

  @Test func random() {
    expectFailure(
      "random: the standard deviation -1.0 is negative: float32[2]"
    ) {
      _ = NDArray.random.normal([2], standardDeviation: -1)
    }
    expectFailure(
      "random: the range 3..<3 is empty: int64[2]"
    ) {
      _ = NDArray.random.integers(in: 3..<3, [2])
    }
    expectFailure(
      "random: the probability 2.0 is not between 0 and 1: bool[2]"
    ) {
      _ = NDArray.random.bernoulli([2], probability: 2)
    }
  }
}
