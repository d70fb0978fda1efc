import TandemGraph
import TestSupport

// Loops and branches over the values so far, some results of which nobody uses.

extension RandomGraph {
  mutating func addControlFlow() -> Bool {
    let x = pick()
    guard x.count > 0, x.dtype != .bool else { return false }
    let choice =
      switch random.below(3) {
      case 0: conditional(x)
      case 1: scan(x)
      default: whileLoop(x)
      }
    guard let choice, let results = try? builder.add(choice.op, choice.operands) else {
      return false
    }
    values += random.below(2) == 0 ? results : [results[random.below(results.count)]]
    return true
  }

  private typealias Choice = (op: any Op, operands: Symbols)

  /// A body: a graph of its own from arrays of these types.
  private func body(_ types: [TensorType], _ results: (Symbols) -> Symbols) -> Subgraph {
    let builder = GraphBuilder()
    let inputs = types.map(builder.input)
    return Subgraph(builder.graph(inputs: inputs, outputs: results(inputs)))
  }

  private func conditional(_ x: Symbol) -> Choice? {
    guard let less = try? builder.add(Less(), [x, x.scalar(1)]),
      let predicate = try? builder.add(AnyTrue(axes: Array(0..<x.rank), keepDims: false), less)
    else { return nil }
    let types = [x.type, x.type]
    let op = Conditional(
      onTrue: body(types) { [$0[0] + $0[0], $0[0].maximum($0[0].scalar(2))] },
      onFalse: body(types) { [$0[0] * $0[0], $0[0]] }, captureCount: 2, hasKey: false)
    return (op, predicate + [x, x])
  }

  private mutating func scan(_ x: Symbol) -> Choice? {
    guard x.rank > 0, let h = try? builder.add(Max(axes: [0], keepDims: false), [x])[0] else {
      return nil
    }
    let op = Scan(
      body: body([h.type, h.type, h.type, h.type]) { inputs in
        let (a, b, e, k) = (inputs[0], inputs[1], inputs[2], inputs[3])
        return [a.minimum(e) + k, b + e, a, e.maximum(a)]
      }, counts: BodyCounts(carries: 2, elements: 1, captures: 1), length: x.shape[0],
      isReversed: random.below(2) == 0, keepsCarries: random.below(2) == 0)
    return (op, [h, h, x, h])
  }

  private mutating func whileLoop(_ x: Symbol) -> Choice? {
    let i = builder.constant(ScalarValue(random.below(4), .int64))
    let types = [i.type, x.type, x.type]
    let op = WhileLoop(
      condition: body(types) { [$0[0] .> 0] },
      body: body(types) { [$0[0] - $0[0].scalar(1), $0[1].maximum($0[2]) + $0[2], $0[2]] },
      carryCount: 3, captureCount: 0, hasKey: false)
    return (op, [i, x, x])
  }
}
