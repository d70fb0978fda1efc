// A network and its gradient as graphs: traced, printed, saved, and loaded without the network's
// Swift code.
//
//     swift run -c release SavedGraph
//
// prints:
//
//     graph(x: float32[batch, 4])
//       parameter 0.weight: float32[3, 4]
//       parameter 0.bias: float32[3]
//       parameter 2.weight: float32[1, 3]
//       parameter 2.bias: float32[1]
//       %5 = linear(x, 0.weight, 0.bias): float32[batch, 3]
//       %6 = relu(%5): float32[batch, 3]
//       %7 = linear(%6, 2.weight, 2.bias): float32[batch, 1]
//       output = %7
//     x: float32[batch, 4] → output: float32[batch, 1]
//     the same bits: true
//     d loss / d 2.bias: NDArray([6.], float32[1])
//     graph: axis 1 of "x" is 5, not 4: float32[batch, 4], was given float32[2, 5]
import Tandem

let model = Sequential {
  Dense(3)
  ReLU()
  Dense(1)
}
let x = NDArray.random.normal([6, 4], seed: 1)
let expected = model(x)

// A dynamic axis has a name in place of a length.
let graph = Graph.trace(model, inputs: ["x": .float32(["batch", 4])])
print(graph)
print(try graph.inferredTypes())

// The structure goes to JSON, the numbers to a safetensors file beside it.
let path = (CommandLine.arguments.dropFirst().first ?? ".") + "/network.json"
try graph.save(path)
let loaded = try Graph.load(path)
let found = try loaded(["x": x])["output"]!
print("the same bits: \(found.scalars() as [Float] == expected.scalars())")

// A graph of a loss has a gradient graph, of which any input may be asked.
let loss = Graph.trace(inputs: ["x": .float32(["batch", 4])], parametersOf: model) {
  (x: NDArray) in ["loss": model(x).sum()]
}
let slopes = try loss.gradient(of: "loss", withRespectTo: ["2.bias"])
print("d loss / d 2.bias: \(try slopes(["x": x])["2.bias"]!)")

// What comes from outside throws.
do {
  _ = try loaded(["x": NDArray.zeros([2, 5])])
} catch {
  print(error)
}
