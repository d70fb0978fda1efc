import TandemKernels

/// Makes one loop of loops over one iteration space: where one reads what another computes, and
/// where two read the same array. Reductions may end a loop, several of them over the same axes.
///
/// What only members read never goes to memory. Bits stay: a value is rounded where it would have
/// been stored, and sequences are gathered in their order.
///
/// - Complexity: O(nodes · nodes between those that are fused).
public struct FuseLoops: Pass {
  /// Which reductions may join other loops.
  public enum Scope: Sendable {
    /// Those over the last axis: what gathers rows. A sum over the rows themselves (the gradient of
    /// a layer norm's scale) would keep the loop that it joins out of ``FuseRows``.
    case rows
    /// All.
    case all
  }

  public let name: String
  private let scope: Scope

  /// Arrays and results of one loop. Each takes a tile of the cache; with more than about thirty
  /// they no longer fit into the first level.
  static let operandCountMax = 32
  /// Instructions of one loop.
  static let instructionCountMax = 192

  /// The pass for some reductions.
  public init(_ scope: Scope = .all) {
    self.scope = scope
    name = scope == .all ? "loop fusion" : "loop fusion of rows"
  }

  public func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    var search = LoopFusion(graph, scope)
    search.search()
    return try search.result()
  }
}

/// The search for loops that go together.
struct LoopFusion {
  let graph: Graph
  private var clusters: Clusters
  private var groups: [Int: LoopGroup] = [:]
  private let loops: [Loop?]
  private var mergeCount = 0
  /// Loops that read each value with all axes of their iteration.
  private var readers: [Graph.Value: [Int]] = [:]

  private let scope: FuseLoops.Scope

  init(_ graph: Graph, _ scope: FuseLoops.Scope) {
    (self.graph, self.scope) = (graph, scope)
    clusters = Clusters(graph)
    loops = graph.nodes.map { node in
      if case .operation(let op) = node.kind { op as? Loop } else { nil }
    }
    for (node, loop) in loops.enumerated() {
      if let loop { groups[node] = LoopGroup(node, loop) }
    }
  }

  mutating func search() {
    for node in graph.nodes.indices {
      guard let loop = loops[node] else { continue }
      for value in Set(arrays(of: node)).sorted(by: { $0.node > $1.node }) {
        joinProducer(of: value, node)
      }
      for (position, value) in arrays(of: node).enumerated()
      where !loop.arrays[position].axes.contains(-1) {
        joinReader(of: value, node)
        readers[value, default: []].append(node)
      }
    }
  }

  private func arrays(of node: Int) -> ArraySlice<Graph.Value> {
    graph.nodes[node].inputs.prefix(loops[node]!.arrays.count)
  }

  private mutating func joinProducer(of value: Graph.Value, _ node: Int) {
    let producer = value.node
    guard let source = loops[producer], !source.isReduced(value.output) else { return }
    let (a, b) = (clusters.owner[producer], clusters.owner[node])
    guard a != b, let link = link(from: node, to: value, of: producer) else { return }
    join(a, b, link)
  }

  private mutating func joinReader(of value: Graph.Value, _ node: Int) {
    for other in readers[value] ?? [] {
      let (a, b) = (clusters.owner[other], clusters.owner[node])
      guard a != b, !clusters.depends(b, on: a), !clusters.depends(a, on: b) else { continue }
      let position = arrays(of: node).firstIndex(of: value)!
      let otherPosition = arrays(of: other).firstIndex(of: value)!
      let map = loops[other]!.arrays[otherPosition]
      guard !map.axes.contains(-1) else { continue }
      let places = loops[node]!.arrays[position].axes.map { map.iterationAxis(of: $0) }
      guard !places.contains(nil) else { continue }
      join(a, b, groupLink(places.map { $0! }, from: node, to: other))
    }
  }

  /// For each axis of the cluster of `node` the axis of the cluster of `producer`, as the use of a
  /// value says.
  private func link(
    from node: Int, to value: Graph.Value, of producer: Int
  ) -> [Int]? {
    let position = arrays(of: node).firstIndex(of: value)!
    let written = loops[producer]!.results[value.output].axes
    var places: [Int] = []
    for axis in loops[node]!.arrays[position].axes {
      guard axis >= 0, let place = written.iterationAxis(of: axis) else { return nil }
      places.append(place)
    }
    return groupLink(places, from: node, to: producer)
  }

  /// A link of members as a link of their groups.
  private func groupLink(_ places: [Int], from node: Int, to other: Int) -> [Int] {
    let (from, to) = (
      groups[clusters.owner[node]]!.axes[node]!, groups[clusters.owner[other]]!.axes[other]!
    )
    var link = Array(repeating: -1, count: places.count)
    for (axis, place) in places.enumerated() where place < to.count { link[from[axis]] = to[place] }
    return link
  }

  /// Makes the groups of clusters `a`, which is used, and `b` one, if that is sound and pays.
  private mutating func join(_ a: Int, _ b: Int, _ link: [Int]) {
    guard isInScope(a), isInScope(b), let joined = groups[a]!.joined(with: groups[b]!, link: link),
      agrees(joined, a, b), !clusters.isBetween(a, b), fits(a, b)
    else { return }
    clusters.merge(a, b)
    groups[min(a, b)] = joined
    groups[max(a, b)] = nil
    mergeCount += 1
  }

  private func isInScope(_ cluster: Int) -> Bool {
    scope == .all
      || clusters.members[cluster].allSatisfy { node in
        let loop = loops[node]!
        return !loop.hasReduction || loop.reducedAxes.last == loop.shape.rank - 1
      }
  }

  /// Whether every value that goes from one member to another does so element by element.
  private func agrees(_ joined: LoopGroup, _ a: Int, _ b: Int) -> Bool {
    let inside = Set(clusters.members[a] + clusters.members[b])
    return inside.allSatisfy { node in
      arrays(of: node).enumerated().allSatisfy { position, value in
        guard inside.contains(value.node) else { return true }
        let source = loops[value.node]!
        guard !source.isReduced(value.output) else { return false }
        return joined.map(loops[node]!.arrays[position], of: node)
          == joined.map(source.results[value.output].axes, of: value.node)
      }
    }
  }

  private func fits(_ a: Int, _ b: Int) -> Bool {
    let nodes = clusters.members[a] + clusters.members[b]
    let inside = Set(nodes)
    let arrays = Set(nodes.flatMap { self.arrays(of: $0) }.filter { !inside.contains($0.node) })
    let results = nodes.reduce(0) { $0 + graph.nodes[$1].types.count }
    let instructions = nodes.reduce(0) { $0 + loops[$1]!.program.contents.instructions.count }
    // A loop that reduces needs an array to show how much.
    return !arrays.isEmpty && arrays.count + results <= LoopProgram.operandCountMax
      && arrays.count <= FuseLoops.operandCountMax
      && instructions <= FuseLoops.instructionCountMax
  }

  /// The graph with each cluster as one loop.
  func result() throws(ShapeError) -> PassResult {
    try clusters.fused(changeCount: mergeCount) { cluster, nodes, uses, draft throws(ShapeError) in
      var fused = FusedLoop(graph, nodes, groups[cluster]!, escaping: uses)
      try fused.add(to: &draft)
    }
  }
}
