import TandemArray
import TandemGraph
import TandemNN
import TestSupport
import Testing

@testable import TandemFormats

/// Graphs saved and loaded: the same bits, without the code that they were traced from.
@Suite struct SavedGraphTests {
  let folder = TemporaryFolder()

  private func bits(_ results: [String: NDArray]) throws -> [String: [UInt8]] {
    try results.mapValues { try $0.withUnsafeBytes { Array($0) } }
  }

  /// Saves a graph, loads it, and compares runs of both.
  @discardableResult
  private func check(
    _ graph: BoundGraph, _ arguments: [[String: NDArray]]
  ) throws -> BoundGraph {
    let path = folder.path + "/graph.json"
    try graph.save(path)
    let loaded = try Graph.load(path)
    for arguments in arguments {
      let expected = try withSeed(3) { try bits(graph(arguments)) }
      let found = try withSeed(3) { try bits(loaded(arguments)) }
      #expect(expected == found)
    }
    #expect("\(loaded)" == "\(graph)")
    // Saved again, the same bytes.
    let (text, tensors) = (bytes(of: path), bytes(of: folder.path + "/graph.safetensors"))
    try loaded.save(path)
    #expect(bytes(of: path) == text)
    #expect(bytes(of: folder.path + "/graph.safetensors") == tensors)
    return loaded
  }

  @Test func residualNetwork() throws {
    let model = ResNet.resNet18(classes: 10)
    // Statistics that are not those of the start.
    _ = withTraining(true) { model(.random.normal([4, 3, 32, 32], seed: 1)) }
    let graph = Graph.trace(model, inputs: ["data": .float32(["batch", 3, 32, 32])])
    let x = NDArray.random.normal([3, 3, 32, 32], seed: 2)
    let loaded = try check(graph, [["data": x]])
    let eager = try model(x).withUnsafeBytes { Array($0) }
    #expect(try bits(loaded(["data": x]))["output"] == eager)
    #expect(loaded.parameters.count == 102)
    #expect(loaded.results.map { "\($0.type)" } == ["float32[batch, 10]"])
  }

  /// Readers refuse paths of more than 256 bytes, so none is written.
  @Test func modulesThatAreNestedDeep() throws {
    var model = Sequential([Dense(2)])
    for _ in 0..<200 { model = Sequential([model]) }
    let x = NDArray.random.normal([2, 3], seed: 1)
    let expected = try model(x).withUnsafeBytes { Array($0) }
    let path = folder.path + "/deep.json"
    try Graph.trace(model, inputs: ["data": .float32([2, 3])]).save(path)
    let cut = String(repeating: "0.", count: 128)
    #expect(String(decoding: bytes(of: path), as: UTF8.self).contains("\"\(cut)\""))
    #expect(try bits(Graph.load(path)(["data": x]))["output"] == expected)
  }

  @Test func languageModelWithDropout() throws {
    let model = GPT(vocabulary: 11, context: 8, features: 12, heads: 2, blockCount: 2)
    let graph = withTraining(true) {
      Graph.trace(model, inputs: ["tokens": .int64([2, 8])])
    }
    let tokens = NDArray.random.integers(in: 0..<11, [2, 8], seed: 1)
    try check(graph, [["tokens": tokens]])
  }

  @Test func controlFlowWithDraws() throws {
    let graph = Graph.trace(
      inputs: ["x": .float32([4]), "n": .int64([])]
    ) { (x: NDArray, n: NDArray) in
      let (_, y) = whileLoop(n, x, while: { i, _ in i .> 0 }) { i, y in
        let noise = NDArray.random.normal([4])
        return (
          i - 1,
          cond(y.sum() .> 0) {
            y * 0.5 + noise
          } else: {
            (y - noise).sin()
          }
        )
      }
      let (last, all) = scan([y, x], over: NDArray.arange(3).cast(to: .float32)) { s, e in
        ([s[0] * 0.5 + e, s[1] + s[0].dropout(probability: 0.5)], s[0].sum())
      }
      return ["last": last[1], "all": all, "map": map(over: x) { $0 + NDArray.random.uniform([]) }]
    }
    for steps in [0, 1, 5] {
      try check(graph, [["x": NDArray([1, -2, 3, 4]), "n": NDArray(steps)]])
    }
  }

  @Test func gradientGraphs() throws {
    let model = Sequential {
      Conv2D(channels: 4, kernel: 3, padding: 1)
      BatchNorm()
      ReLU()
      MaxPool2D(2)
      Flatten()
      LayerNorm()
      Dense(5)
    }
    _ = model(.zeros([1, 3, 8, 8]))
    let graph = Graph.trace(
      inputs: ["x": .float32(["batch", 3, 8, 8]), "labels": .int64(["batch"])],
      parametersOf: model
    ) { (x: NDArray, labels: NDArray) in
      ["loss": softmaxCrossEntropy(model(x), labels).mean()]
    }
    let names = graph.parameters.keys.filter { !$0.contains("running") }.sorted()
    let slopes = try graph.gradient(of: "loss", withRespectTo: names)
    let arguments = (2...3).map { batch in
      [
        "x": NDArray.random.normal([batch, 3, 8, 8], seed: 1),
        "labels": NDArray.random.integers(in: 0..<5, [batch], seed: 2),
      ]
    }
    let loaded = try check(slopes, arguments)
    let expected = valueAndGradient(of: model) {
      withTraining(false) {
        softmaxCrossEntropy(model(arguments[1]["x"]!), arguments[1]["labels"]!).mean()
      }
    }
    let found = try loaded(arguments[1])
    for (path, parameter) in model.parameters {
      let gradient = expected.gradients.all.first { $0.parameter === parameter }!.gradient
      let error = (found[path]! - gradient).abs().max().item()
      #expect(error < 1e-5, "\(path): \(error)")
    }
  }

  /// The derivative of a loop, saved; and the derivative of a loop that was loaded.
  @Test func derivativesOfLoops() throws {
    let graph = Graph.trace(inputs: ["x": .float64([3])]) { (x: NDArray) in
      let (_, y) = whileLoop(NDArray(3), x, while: { i, _ in i .> 0 }) { i, y in
        (i - 1, (y * x).sin() + NDArray.random.normal([3], dtype: .float64))
      }
      return ["loss": scan(y, over: x) { h, e in (h * e, h) }.0.sum()]
    }
    let x = NDArray([0.5, -1, 2], dtype: .float64)
    let loaded = try check(graph, [["x": x]])
    let slope = try graph.gradient(of: "loss", withRespectTo: ["x"])
    try check(slope, [["x": x]])
    let again = try loaded.gradient(of: "loss", withRespectTo: ["x"])
    let expected = try withSeed(3) { try bits(slope(["x": x])) }
    #expect(try withSeed(3) { try bits(again(["x": x])) } == expected)
  }

  /// Derivatives that were taken inside of the closure, nested, and their gradient.
  @Test func secondDerivatives() throws {
    let graph = Graph.trace(inputs: ["x": .float64([3])]) { (x: NDArray) in
      let f = { (x: NDArray) in
        let (_, y) = whileLoop(NDArray(3), x, while: { i, _ in i .> 0 }) { i, y in
          let (last, _) = scan([y, x], over: x) { s, e in ([s[0] * e, s[1].sin()], e) }
          return (i - 1, (last[0] * last[1]).sin() + x)
        }
        return y.sum()
      }
      return ["loss": (gradient(of: f)(x) * x).sum()]
    }
    let x = NDArray([0.5, -1, 2], dtype: .float64)
    let loaded = try check(graph, [["x": x]])
    let slope = try graph.gradient(of: "loss", withRespectTo: ["x"])
    try check(slope, [["x": x]])
    let found = try loaded.gradient(of: "loss", withRespectTo: ["x"])(x)[0]
    let value = { (x: [NDArray]) in (try! graph(x[0]))[0] }
    #expect(checkGradient(of: value, at: [x]).error < 1e-7)
    #expect((found - (try slope(x)[0])).abs().max().item() < 1e-10)
  }

  @Test func numbersOfEveryKind() throws {
    let graph = Graph.trace(
      inputs: ["x": .float32([2])]
    ) { (x: NDArray) in
      let constants: [NDArray] = [
        x * Float.infinity, x + Float.nan, x - 1e-45, x.cast(to: .float64) * 0.1,
        x.cast(to: .uint64) + UInt64.max, x.cast(to: .int64) - Int.min, x.cast(to: .bfloat16) * 3,
        x .> -0.0, x.cast(to: .bool),
      ]
      return constants
    }
    try check(graph, [["x": NDArray([1, -2])]])
  }

  @Test func parametersThatAreReplaced() throws {
    let weight = Parameter(NDArray([1, 2]))
    let graph = Graph.trace(
      inputs: ["x": .float32([2])], parametersOf: ["w": weight]
    ) { (x: NDArray) in x * weight.value }
    let loaded = try check(graph, [["x": NDArray([3, 4])]])
    let found = try loaded(["x": NDArray([3, 4])], parameters: ["w": NDArray([10, 20])])
    #expect(found["output"]?.scalars() == [30, 80] as [Float])
  }

  /// A graph of nothing but its arguments has no tensors.
  @Test func withoutTensors() throws {
    let graph = Graph.trace(inputs: ["x": .float32([2])]) { (x: NDArray) in x + 1 }
    let path = folder.path + "/plain.json"
    try graph.save(path)
    #expect(folder.files == ["plain.json"])
    #expect(try Graph.load(path)(NDArray([1, 2]))[0].scalars() == [2, 3] as [Float])
  }

  @Test func aFolderThatIsNotThere() {
    let graph = Graph.trace(inputs: ["x": .float32([2])]) { (x: NDArray) in x + 1 }
    #expect(throws: FormatError.self) { try graph.save(folder.path + "/none/graph.json") }
    #expect(throws: FormatError.self) { try Graph.load(folder.path + "/none.json") }
    #expect(folder.files == [])
  }
}
