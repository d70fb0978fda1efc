/// Lets a ReLU in front of a largest-element pooling come after it, where it has a window's part of
/// the elements to look at; likewise its gradient:
///
///     maxPool(relu(x))                          → relu(maxPool(x)), called p
///     reluGradient(maxPoolGradient(dy, r), r)   → maxPoolGradient(reluGradient(dy, p), x)
///
/// with `r = relu(x)`, of which nothing else may be read, and windows without gaps, which never see
/// padding alone where there are elements at all. A ReLU keeps the order of elements, so the
/// largest stays the largest. Where it is not above zero, several may become equal and another one
/// be the first, but then the gradient is zero for all of them.
public struct PoolBeforeReLU: Pass {
  public let name = "pool before relu"

  /// The pass, which has no settings.
  public init() {}

  /// A ReLU with all that reads it.
  private struct Pooling {
    let relu: Int
    let pool: Int
    /// For each gradient of the ReLU, the gradient of the pooling of which it is taken.
    var gradients: [Int: Int] = [:]
  }

  public func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    let poolings = poolings(graph)
    if poolings.isEmpty { return PassResult(graph, changeCount: 0) }
    var draft = GraphDraft(graph)
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      if let pooling = poolings.first(where: { $0.pool == index }),
        case .operation(let pool) = node.kind
      {
        let x = draft.value(graph.nodes[pooling.relu].inputs[0])
        let largest = try draft.add(pool, [x], like: node)
        draft.replace(index, by: try draft.add(ReLU(), largest, like: graph.nodes[pooling.relu]))
      } else if let pooling = poolings.first(where: { $0.gradients[index] != nil }),
        let inner = pooling.gradients[index], case .operation(let outer) = node.kind,
        case .operation(let gradient) = graph.nodes[inner].kind
      {
        let pooled = draft.value(Graph.Value(node: pooling.pool))
        let dy = draft.value(graph.nodes[inner].inputs[0])
        let slope = try draft.add(outer, [dy, pooled], like: node)
        let x = draft.value(graph.nodes[pooling.relu].inputs[0])
        draft.replace(index, by: try draft.add(gradient, slope + [x], like: graph.nodes[inner]))
      } else {
        draft.keep(index)
      }
    }
    return PassResult(draft.graph(), changeCount: poolings.count)
  }

  private func poolings(_ graph: Graph) -> [Pooling] {
    var users = graph.nodes.map { _ in [Int]() }
    for (index, node) in graph.nodes.enumerated() {
      for input in Set(node.inputs) { users[input.node].append(index) }
    }
    let results = Set(graph.outputs.map(\.node))
    return graph.nodes.indices.compactMap { index in
      guard case .operation(let op) = graph.nodes[index].kind, op is ReLU,
        !results.contains(index)
      else { return nil }
      return pooling(index, graph, users, results)
    }
  }

  private func pooling(
    _ relu: Int, _ graph: Graph, _ users: [[Int]], _ results: Set<Int>
  ) -> Pooling? {
    var (pools, inner, outer): ([Int], [Int], [Int]) = ([], [], [])
    for user in users[relu] {
      guard case .operation(let op) = graph.nodes[user].kind else { return nil }
      let inputs = graph.nodes[user].inputs
      switch op {
      case is MaxPool: pools.append(user)
      case is MaxPoolGradient where inputs[0].node != relu && inputs[1].node == relu:
        inner.append(user)
      case is ReLUGradient where inputs[0].node != relu && inputs[1].node == relu:
        outer.append(user)
      default: return nil
      }
    }
    guard pools.count == 1, case .operation(let op) = graph.nodes[pools[0]].kind,
      let pool = op as? MaxPool, pool.geometry.dilation.array.allSatisfy({ $0 == 1 }),
      graph.nodes[relu].types[0].shape.elementCount > 0
    else { return nil }
    var result = Pooling(relu: relu, pool: pools[0])
    for gradient in outer {
      let source = graph.nodes[gradient].inputs[0].node
      guard inner.contains(source), gradient > pools[0] else { return nil }
      result.gradients[gradient] = source
    }
    let isComplete = inner.allSatisfy { gradient in
      guard case .operation(let op) = graph.nodes[gradient].kind else { return false }
      return (op as? MaxPoolGradient)?.geometry == pool.geometry && !results.contains(gradient)
        && users[gradient].allSatisfy(outer.contains)
    }
    return isComplete ? result : nil
  }
}
