import TandemArray
import Testing

/// Tracing: the graph computes what the closure computes, and shows what it is.
@Suite struct TraceTests {
  private func numbers(_ array: NDArray) -> [Float] { array.scalars() }

  @Test func printedGraphs() throws {
    let offset = NDArray([1, 2])
    let (graph, captures) = Graph.trace(inputs: [.float32([2]), .float32([])]) { inputs in
      let product = inputs[0] * 2 + offset
      return [product.sum(axis: 0, keepDims: true) * inputs[1], product]
    }
    try graph.verify()
    #expect(captures.map(numbers) == [[1, 2]])
    #expect(
      graph.description == """
        %0 = input 0: float32[2]
        %1 = input 1: float32[]
        %2 = constant 2.0: float32[]
        %3 = multiply(%0, %2): float32[2]
        %4 = input 2: float32[2]
        %5 = add(%3, %4): float32[2]
        %6 = sum[axes: [0], keepDims: true](%5): float32[1]
        %7 = multiply(%6, %1): float32[1]
        return %7, %5
        """)
    let results = try graph([NDArray([10, 20]), NDArray(3)] + captures)
    #expect(results.map(numbers) == [[189], [21, 42]])
  }

  @Test func capturesAreCountedOnce() {
    let x = NDArray([1])
    let (same, other) = (x, x + 0)
    let (graph, captures) = Graph.trace(inputs: [.float32([1])]) { inputs in
      [inputs[0] + x + same + x * other]
    }
    #expect(captures.count == 2)
    #expect(graph.inputs.count == 3)
  }

  /// Functions of arrays, eager and traced: the same bytes.
  @Test func tracedIsEager() throws {
    let weights = NDArray.random.normal([5, 4], seed: 9)
    let labels = NDArray([0, 3, 1], dtype: .int64)
    let functions: [([NDArray]) -> [NDArray]] = [
      { [$0[0] * 2 - 1 / $0[1], -$0[0], $0[0] .< $0[1]] },
      { [$0[0].matmul(weights), $0[1].matmul(weights).softmax(axis: -1)] },
      { inputs in
        var x = inputs[0]
        x[0] = inputs[1][1] * 2
        x[.all, 1...] += 1
        x[x .> 1] = 0
        x *= inputs[1]
        return [x, x.transposed()[.stride(by: -1)], x[..., NDArray([0, 2], dtype: .int64)]]
      },
      {
        [softmaxCrossEntropy($0[0].matmul(weights), labels), $0[0].reshaped([5, 3]).sum(axis: 1)]
      },
      { [gradient(of: { ($0.matmul(weights).tanh() * 3).sum() })($0[0])] },
      { $0.reversed() },
      { [$0[0], $0[0], NDArray(7), weights] },
    ]
    let inputs = (0..<2).map { NDArray.random.normal([3, 5], seed: UInt64($0)) }
    for (number, function) in functions.enumerated() {
      let (graph, captures) = Graph.trace(inputs: inputs.map(\.type), function)
      try graph.verify()
      let (traced, eager) = (try graph(inputs + captures), function(inputs))
      #expect(traced.map(\.type) == eager.map(\.type), "function \(number)")
      for (a, b) in zip(traced, eager) {
        let bytes = try [a, b].map { try $0.withUnsafeBytes { Array($0) } }
        #expect(bytes[0] == bytes[1], "function \(number)")
      }
    }
  }

  @Test func graphsAreDifferentiated() throws {
    let (graph, _) = Graph.trace(inputs: [.float32([2])]) { [($0[0] * $0[0]).sum()] }
    let weight = Parameter(NDArray([3, 4]))
    try record { try graph([weight.value])[0] }.backward()
    #expect(weight.gradient.map(numbers) == [6, 8])
  }

  @Test func wrongInputsAreRefused() {
    let (graph, _) = Graph.trace(inputs: [.float32([2])]) { $0 }
    func message(_ inputs: [NDArray]) -> String {
      do throws(ShapeError) {
        _ = try graph(inputs)
        return "nothing"
      } catch {
        return error.message
      }
    }
    #expect(message([]) == "graph: takes 1 inputs, was given 0")
    #expect(message([NDArray([1])]) == "graph: input 0 is float32[2], was given float32[1]")
    #expect(
      message([NDArray([1, 2], dtype: .int8)])
        == "graph: input 0 is float32[2], was given int8[2]")
  }

  /// What is recorded outside does not see what happens inside of a trace.
  @Test func tracesInsideOfRecordings() throws {
    let weight = Parameter(NDArray([3]))
    let loss = try record { () -> NDArray in
      let value = weight.value
      let (graph, captures) = Graph.trace(inputs: [.float32([1])]) { [$0[0] * value] }
      return try graph([NDArray([5])] + captures)[0].sum()
    }
    loss.backward()
    #expect(weight.gradient.map(numbers) == [5])
  }
}
