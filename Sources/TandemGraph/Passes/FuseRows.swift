/// Puts loops together that work on the same rows, where one gathers along a row what another
/// spreads over it again: softmax, layer norm, their gradients and what comes before and after.
///
/// The loops still run one after another, but a few rows at a time, so that values between them
/// stay in the cache: see ``RowLoops``. A row is gathered as before, so the bits stay.
///
/// - Complexity: O(nodes · nodes between those that are fused).
public struct FuseRows: Pass {
  public let name = "row fusion"

  /// Elements of one row above which several arrays of it no longer fit into the cache.
  static let rowElementsMax = 1 << 17
  /// The same where rows lie side by side in memory, so that a block should have many.
  static let narrowRowElementsMax = 1 << 10
  /// Rows that work for several threads needs at least.
  static let rowCountMin = 16
  /// Elements up to which work is for one thread.
  static let smallElementsMax = 1 << 16
  /// Loops in one kernel.
  static let stageCountMax = 16

  /// The pass, which has no settings.
  public init() {}

  public func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    var search = RowFusion(graph)
    search.search()
    return try search.result()
  }
}

/// The search for loops over the same rows.
struct RowFusion {
  let graph: Graph
  private var clusters: Clusters
  private let loops: [Loop?]
  /// For each loop that is in a group, which of its axes is each row axis.
  private var rowAxes: [Int: [Int]] = [:]
  private var mergeCount = 0

  init(_ graph: Graph) {
    self.graph = graph
    clusters = Clusters(graph)
    loops = graph.nodes.map { node in
      if case .operation(let op) = node.kind { op as? Loop } else { nil }
    }
  }

  mutating func search() {
    for node in graph.nodes.indices {
      guard let loop = loops[node] else { continue }
      for value in Set(graph.nodes[node].inputs.prefix(loop.arrays.count))
        .sorted(by: { $0.node > $1.node }) where loops[value.node] != nil
      {
        join(value, node)
      }
    }
  }

  private mutating func join(_ value: Graph.Value, _ node: Int) {
    let (a, b) = (clusters.owner[value.node], clusters.owner[node])
    guard a != b, clusters.members[a].count + clusters.members[b].count <= FuseRows.stageCountMax,
      let axes = joinedAxes(value, node), fits(axes), agrees(axes), !clusters.isBetween(a, b)
    else { return }
    clusters.merge(a, b)
    rowAxes.merge(axes) { $1 }
    mergeCount += 1
  }

  /// The row axes of all members of both groups, if the use of a value lets them have common rows.
  private func joinedAxes(_ value: Graph.Value, _ node: Int) -> [Int: [Int]]? {
    let producer = value.node
    let links = links(value, node)
    let (mine, theirs) = (rowAxes[node], rowAxes[producer])
    var common: [(producer: Int, user: Int)]
    if let theirs {
      common = theirs.compactMap { axis in links.first { $0.producer == axis } }
      guard common.count == theirs.count else { return nil }
    } else if let mine {
      common = mine.compactMap { axis in links.first { $0.user == axis } }
      guard common.count == mine.count else { return nil }
    } else {
      let (source, user) = (loops[producer]!, loops[node]!)
      guard source.hasReduction || user.hasReduction else { return nil }
      common = links.filter {
        !source.isGathered($0.producer) && !user.isGathered($0.user)
      }
      guard !common.isEmpty else { return nil }
    }
    var result: [Int: [Int]] = [:]
    for member in clusters.members[clusters.owner[producer]] {
      guard let axes = rowAxes[member] ?? (member == producer ? common.map(\.producer) : nil)
      else { return nil }
      result[member] = axes
    }
    // The user's group may know the rows in another order.
    let order: [Int]
    if let mine {
      let found = common.compactMap { pair in mine.firstIndex(of: pair.user) }
      guard found.count == mine.count, common.count == mine.count else { return nil }
      order = found
    } else {
      order = []
    }
    for member in clusters.members[clusters.owner[node]] {
      guard
        let axes = rowAxes[member].map({ axes in order.map { axes[$0] } })
          ?? (member == node ? common.map(\.user) : nil)
      else { return nil }
      result[member] = axes
    }
    return result
  }

  /// Which axes of the producer's and of the user's iteration are the same axis of a value.
  private func links(_ value: Graph.Value, _ node: Int) -> [(producer: Int, user: Int)] {
    let position = graph.nodes[node].inputs.firstIndex(of: value)!
    let (read, written) = (
      loops[node]!.arrays[position], loops[value.node]!.results[value.output].axes
    )
    return read.axes.indices.compactMap { axis in
      guard read[axis] >= 0 else { return nil }
      return written.iterationAxis(of: read[axis]).map { (producer: $0, user: axis) }
    }.sorted { $0.producer < $1.producer }
  }

  /// Whether no member gathers rows, whatever members hand to each other stays in its row, and
  /// every array that they write has the rows.
  private func agrees(_ axes: [Int: [Int]]) -> Bool {
    axes.allSatisfy { node, rows in
      let loop = loops[node]!
      guard !rows.contains(where: loop.isGathered) else { return false }
      return loop.arrays.indices.allSatisfy { position in
        let value = graph.nodes[node].inputs[position]
        guard let source = axes[value.node] else { return true }
        let written = loops[value.node]!.results[value.output].axes
        return zip(rows, source).allSatisfy { mine, theirs in
          loop.arrays[position][mine] >= 0 && loop.arrays[position][mine] == written[theirs]
        }
      }
    }
  }

  /// Whether rows are short enough for the cache and many enough for the threads.
  private func fits(_ axes: [Int: [Int]]) -> Bool {
    axes.allSatisfy { node, rows in
      let shape = loops[node]!.shape
      let rowCount = rows.reduce(1) { $0 * shape[$1] }
      let length = shape.elementCount / rowCount
      let isSideBySide = length > 1 && rows.contains(shape.rank - 1)
      return length <= (isSideBySide ? FuseRows.narrowRowElementsMax : FuseRows.rowElementsMax)
        && (rowCount >= FuseRows.rowCountMin || shape.elementCount <= FuseRows.smallElementsMax)
    }
  }

  /// The graph with each cluster as one operator.
  func result() throws(ShapeError) -> PassResult {
    try clusters.fused(changeCount: mergeCount) { _, nodes, uses, draft throws(ShapeError) in
      var fused = FusedRows(graph, nodes, rowAxes, escaping: uses)
      try fused.add(to: &draft)
    }
  }
}

extension Loop {
  /// Whether an axis is reduced.
  func isGathered(_ axis: Int) -> Bool { hasReduction && reducedAxes.contains(axis) }
}
