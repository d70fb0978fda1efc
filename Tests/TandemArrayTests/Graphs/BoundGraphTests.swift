import TandemArray
import TandemGraph
import Testing

/// Graphs on their own: names, runs, dynamic axes, gradients, printing.
@Suite struct BoundGraphTests {
  private func numbers(_ array: NDArray?) -> [Float] { array?.scalars() ?? [] }

  /// What is said of a call.
  private func complaint(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch { return "\(error)" }
  }

  private static let offset = NDArray([10, 20])

  private func affine() -> BoundGraph {
    let weight = Parameter(NDArray([[1, 2], [3, 4]]))
    return Graph.trace(
      inputs: ["x": .float32(["batch", 2]), "scale": .float32([])], parametersOf: ["w": weight]
    ) { (x: NDArray, scale: NDArray) in
      let y = x.matmul(weight.value) * scale + Self.offset
      return ["y": y, "total": y.sum()]
    }
  }

  @Test func runsByNameAndByPosition() throws {
    let graph = affine()
    #expect(graph.arguments.map(\.name) == ["x", "scale"])
    #expect(graph.parameters.keys.sorted() == ["w"])
    #expect(graph.constants.keys.sorted() == ["constant"])
    #expect(
      graph.results.map { "\($0.name): \($0.type)" } == [
        "total: float32[]", "y: float32[batch, 2]",
      ])
    let found = try graph(["x": NDArray([[1, 0]]), "scale": NDArray(2.0)])
    #expect(numbers(found["y"]) == [12, 24])
    #expect(numbers(found["total"]) == [36])
    let three = try graph(NDArray([[1, 0], [0, 1], [1, 1]]), NDArray(1.0))
    #expect(numbers(three[1]) == [11, 22, 13, 24, 14, 26])
    let replaced = try graph(
      ["x": NDArray([[1, 0]]), "scale": NDArray(1.0)],
      parameters: ["w": NDArray([[5, 6], [7, 8]])])
    #expect(numbers(replaced["y"]) == [15, 26])
    #expect(numbers(try graph(["x": NDArray([[1, 0]]), "scale": NDArray(1.0)])["y"]) == [11, 22])
    let bound = try graph.binding(["w": NDArray([[5, 6], [7, 8]])])
    #expect(numbers(try bound(NDArray([[1, 0]]), NDArray(1.0))[1]) == [15, 26])
  }

  @Test func saysWhatDoesNotFit() {
    let graph = affine()
    let (x, scale) = (NDArray([[1, 0]]), NDArray(1.0))
    #expect(
      complaint { _ = try graph(["x": x]) }
        == #"graph: argument "scale" is missing: it takes ["x", "scale"]"#)
    #expect(
      complaint { _ = try graph(["x": x, "scale": scale, "z": x]) }
        == #"graph: no argument "z": it takes ["x", "scale"]"#)
    #expect(
      complaint { _ = try graph(["x": NDArray([[1, 2, 3]]), "scale": scale]) }
        == #"graph: axis 1 of "x" is 3, not 2: float32[batch, 2], was given float32[1, 3]"#)
    #expect(
      complaint { _ = try graph(["x": x.cast(to: .float64), "scale": scale]) }
        == #"graph: "x" is float32[batch, 2], was given float64[1, 2]"#)
    #expect(
      complaint { _ = try graph(["x": x, "scale": scale], parameters: ["w": x]) }
        == #"graph: parameter "w" is float32[2, 2], was given float32[1, 2]"#)
    #expect(
      complaint { _ = try graph(["x": x, "scale": scale], parameters: ["v": x]) }
        == #"graph: no parameter "v""#)
    #expect(
      complaint { _ = try graph(x) }
        == #"graph: takes ["x", "scale"], was given 1 arrays"#)
  }

  /// The parameters of a graph are those of the trace.
  @Test func isAValue() throws {
    let weight = Parameter(NDArray([2.0]))
    let graph = Graph.trace(inputs: ["x": .float32([1])]) { (x: NDArray) in x * weight.value }
    weight.value = NDArray([5.0])
    weight.value += 1
    #expect(numbers(try graph(NDArray([3.0]))[0]) == [6])
  }

  // MARK: Dynamic axes

  /// Shapes in attributes depend on the lengths: reshaped, broadcast, padded, loops.
  @Test func dynamicAxes() throws {
    let graph = Graph.trace(
      inputs: ["x": .float32(["batch", "time", 3]), "h": .float32(["batch", 2])]
    ) { (x: NDArray, h: NDArray) in
      let (batch, time) = (x.shape[0], x.shape[1])
      let rows = x.reshaped([batch * time, 3])
      let wide = rows.padded([(0, 0), (1, 1)]).reshaped([batch, time * 5])
      let swapped = x.transposed([1, 0, 2])
      let (last, all) = scan(h, over: swapped) { h, x in (h + x.sum(axis: 1, keepDims: true), h) }
      return [
        "wide": wide, "last": last, "all": all,
        "ones": NDArray.ones(like: rows) * Float(batch * time),
      ]
    }
    #expect(
      "\(graph.results.map(\.type))" == """
        [float32[time, batch, 2], float32[batch, 2], float32[batch*time, 3], float32[batch, 5*time]]
        """)
    for (batch, time) in [(2, 2), (1, 1), (3, 5), (7, 4)] {
      let x = NDArray.random.normal([batch, time, 3], seed: 1)
      let h = NDArray.random.normal([batch, 2], seed: 2)
      let found = try graph(["x": x, "h": h])
      let wide = x.reshaped([batch * time, 3]).padded([(0, 0), (1, 1)])
        .reshaped([batch, time * 5])
      #expect(numbers(found["wide"]) == numbers(wide))
      var sum = h
      for step in 0..<time { sum = sum + x[.all, step].sum(axis: 1, keepDims: true) }
      #expect(numbers(found["last"]) == numbers(sum))
      #expect(
        numbers(found["ones"]) == [Float](repeating: Float(batch * time), count: batch * time * 3))
    }
    #expect(
      complaint {
        _ = try graph(["x": .zeros([2, 3, 3]), "h": .zeros([4, 2])])
      } == #"graph: axis 0 of "h" is 4, but batch is 2"#)
  }

  @Test func infersPartialTypes() throws {
    let types = try Self.picture.inferredTypes(["x": .float32(["n", 3, "height", 8])])
    #expect("\(types)" == "x: float32[n, 3, height, 8] → output: float32[n, 4, ?, 4]")
    let doubled = try Self.picture.inferredTypes(["x": .float32([5, 3, 16, .unknown])])
    #expect("\(doubled["output"]!)" == "float32[5, 4, 8, ?]")
    #expect("\(try Self.picture.inferredTypes()["output"]!)" == "float32[2, 4, 4, 4]")
    let text = complaint {
      _ = try Self.picture.inferredTypes(["x": .float32([2, 5, 8, 8])])
    }
    #expect(
      text == """
        graph: convolution: input has 5 channels but weight wants 3 in each of 1 groups: input \
        [2, 5, 8, 8], weight [4, 3, 3, 3]: float32[2, 5, 8, 8], float32[4, 3, 3, 3]: node 3, where \
        axis 1 of "x" is 5, not 3
        """)
    #expect(
      complaint { _ = try Self.picture.inferredTypes(["z": .float32([])]) }
        == #"graph: no argument "z": it takes ["x"]"#)
  }

  private static let picture = Graph.trace(inputs: ["x": .float32([2, 3, 8, 8])]) {
    (x: NDArray) in
    x.convolution(NDArray.zeros([4, 3, 3, 3]), stride: [2, 2], padding: [1, 1]).relu()
  }

  @Test func refusesWhatCannotBeDynamic() {
    let branch = failureText {
      _ = Graph.trace(inputs: ["x": .float32(["n"])]) { (x: NDArray) in
        x.shape[0] > 3 ? x.sin() : x.cos()
      }
    }
    #expect(
      branch.hasPrefix("graph: what is computed depends on the lengths of n: node 1, cos, at"),
      "\(branch)")
    let constant = failureText {
      _ = Graph.trace(inputs: ["x": .float32(["n"])]) { (x: NDArray) in
        let share: Float = 1 / Float(x.shape[0])
        return x * share
      }
    }
    #expect(
      constant.hasPrefix("graph: the constant 0.5 depends on the lengths of n: node 1"),
      "\(constant)")
    let square = failureText {
      _ = Graph.trace(inputs: ["x": .float32(["n", "n"])]) { (x: NDArray) in
        x.reshaped([x.shape[0] * x.shape[1]])
      }
    }
    #expect(square.hasPrefix("graph: an attribute depends on the lengths of n"), "\(square)")
    let count = failureText {
      _ = Graph.trace(inputs: ["x": .float32([1])]) { (x: NDArray, y: NDArray) in x + y }
    }
    #expect(
      count.hasPrefix("graph: the closure takes 2 arrays, there are 1 inputs"), "\(count)")
  }

  // MARK: Randomness, recording

  /// A graph draws what its closure would draw, and advances the random state as far.
  @Test func drawsAsTheClosure() throws {
    let f = { @Sendable (x: NDArray) in
      let noise = NDArray.random.normal([3]) + x.dropout(probability: 0.5)
      return map(over: noise) { $0 + NDArray.random.uniform([]) }
    }
    let graph = withTraining(true) {
      Graph.trace(inputs: ["x": .float32([3])]) { (x: NDArray) in f(x) }
    }
    let x = NDArray([1, 2, 3])
    let eager = withSeed(7) {
      withTraining(true) { (0..<3).map { _ in numbers(f(x)) } + [numbers(.random.uniform([2]))] }
    }
    let found = try withSeed(7) {
      try (0..<3).map { _ in numbers(try graph(x)[0]) } + [numbers(.random.uniform([2]))]
    }
    #expect(found == eager)
    // Tracing takes no ticks.
    let plain = withSeed(7) { numbers(.random.uniform([2])) }
    let traced = withSeed(7) {
      _ = Graph.trace(inputs: ["x": .float32([3])]) { (x: NDArray) in f(x) }
      return numbers(.random.uniform([2]))
    }
    #expect(plain == traced)
  }

  @Test func gradientsFlowThroughARun() throws {
    let graph = affine()
    let slope = valueAndGradient(of: { x in
      (try! graph(["x": x, "scale": NDArray(2.0)]))["total"]!
    })(NDArray([[1, 0]])).gradient
    #expect(numbers(slope) == [6, 14])
    let region = compile { (x: NDArray) in (try! graph(x, NDArray(2.0)))[1] }
    #expect(numbers(region(NDArray([[1, 0]]))) == [12, 24])
  }

  // MARK: Gradient graphs

  @Test func gradientGraphAgainstDifferences() throws {
    let w = Parameter(NDArray.random.normal([3, 4], seed: 1, dtype: .float64))
    let b = Parameter(NDArray.random.normal([4], seed: 2, dtype: .float64))
    let f = { @Sendable (x: NDArray, w: NDArray, b: NDArray) in
      let (h, _) = scan(b, over: x.matmul(w).tanh()) { h, row in ((h * row).sin() + h, row) }
      return whileLoop(NDArray(2), h, while: { i, _ in i .> 0 }) { i, h in (i - 1, h * b) }.1.sum()
    }
    let graph = Graph.trace(
      inputs: ["x": .float64(["n", 3])], parametersOf: ["w": w, "b": b]
    ) { (x: NDArray) in ["loss": f(x, w.value, b.value)] }
    let slopes = try graph.gradient(of: "loss", withRespectTo: ["x", "w", "b"])
    for n in [2, 5] {
      let x = NDArray.random.normal([n, 3], seed: 3, dtype: .float64)
      let found = try slopes(["x": x])
      let arguments = [x, w.value, b.value]
      let expected = valueAndGradients(of: { f($0[0], $0[1], $0[2]) }, at: arguments).gradients
      for (name, gradient) in zip(["x", "w", "b"], expected) {
        let error = (found[name]! - gradient).abs().max().item()
        #expect(error < 1e-12, "\(name), n = \(n): \(error)")
      }
      #expect(checkGradient(of: { f($0[0], $0[1], $0[2]) }, at: arguments).error < 1e-7)
    }
    // The gradient of a gradient.
    let cube = Graph.trace(inputs: ["x": .float64([])]) { (x: NDArray) in x * x * x }
    let second = try cube.gradient(of: "output", withRespectTo: ["x"])
      .gradient(of: "x", withRespectTo: ["x"])
    #expect(try second(NDArray(5.0, dtype: .float64))[0].item() == 30)
  }

  @Test func dynamicAxesThatAreNone() {
    let many = Dictionary(uniqueKeysWithValues: (0..<40).map { ("a\($0)", 2) })
    #expect(
      complaint { _ = try NamedGraph.tracePoints(many) } == "graph: 40 dynamic axes, at most 4")
    #expect(
      complaint { _ = try NamedGraph.tracePoints(["n": .max]) }
        == #"graph: no dynamic axis: "n" with example length 9223372036854775807"#)
  }

  @Test func gradientGraphsThatAreNone() {
    let graph = affine()
    #expect(
      complaint { _ = try graph.gradient(of: "y", withRespectTo: ["x"]) }
        == #"graph: the gradient needs one float: result "y" is float32[2, 2]"#)
    #expect(
      complaint { _ = try graph.gradient(of: "z", withRespectTo: ["x"]) }
        == #"graph: no result "z": it gives ["total", "y"]"#)
    #expect(
      complaint { _ = try graph.gradient(of: "total", withRespectTo: ["v"]) }
        == #"graph: no input "v": it takes ["x", "scale", "w", "constant"]"#)
  }

  @Test func reads() {
    #expect(
      "\(affine())" == """
        graph(x: float32[batch, 2], scale: float32[])
          parameter w: float32[2, 2]
          constant constant: float32[2]
          %4 = matmul(x, w): float32[batch, 2]
          %5 = %4 * scale: float32[batch, 2]
          %6 = %5 + constant: float32[batch, 2]
          %7 = sum[axes: [0, 1], keepDims: false](%6): float32[]
          total = %7
          y = %6
        """)
    #expect(affine().dot.contains(#"label="x: float32[batch, 2]" shape=ellipse"#))
    #expect(affine().dot.contains(#"label="total" shape=ellipse"#))
    let odd = Graph.trace(inputs: ["x": .float32([])]) { (x: NDArray) in ["a\\\"b\nc": x + 1] }
    #expect(odd.dot.contains(#"label="a\\\"b\nc" shape=ellipse"#), "\(odd.dot)")
    #expect(affine().nodes.count == 8)
  }

  @Test("unknown axes of one name are one length")
  func infersSharedUnknowns() throws {
    let graph = Graph.trace(inputs: ["x": .float32(["batch", 2]), "y": .float32(["batch", 3])]) {
      (x: NDArray, y: NDArray) in ["z": NDArray.concatenated([x, y], axis: 1)]
    }
    let open: PartialType = .float32([.unknown, 2])
    let other: PartialType = .float32([.unknown, 3])
    #expect("\(try graph.inferredTypes(["x": open, "y": other])["z"]!)" == "float32[?, 5]")
    #expect(
      "\(try graph.inferredTypes(["x": .float32([8, 2]), "y": other])["z"]!)" == "float32[8, 5]")
    #expect("\(try graph.inferredTypes(["x": open])["z"]!)" == "float32[batch, 5]")
  }

  @Test("words of a random key need a tick")
  func rolesOfKeys() throws {
    for role in [GraphInput.Role.randomSeed, .randomStream] {
      let builder = GraphBuilder()
      let word = builder.input(TensorType(Shape(), .uint64))
      let named = try NamedGraph(
        builder.graph(outputs: [word.expandingDims(at: 0)]),
        inputs: [GraphInput("word", role, PartialType(word.type))], resultNames: ["y"])
      #expect(
        complaint { _ = try BoundGraph(named, values: [:]) }
          == #"graph: input "word" is a \#(role), but none is a randomTick"#)
    }
  }
}
