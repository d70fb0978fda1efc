/// An order in which the live nodes of a graph can run that keeps little memory in use.
///
/// Nodes stand as they were traced, but for two kinds. What frees more bytes than it takes (the
/// update of a parameter, after which nobody needs its gradient; a sum of something large) comes as
/// soon as it can, as do numbers, and asynchronous operators, which take their time. What writes
/// into the memory of an input comes after all who read the old value.
///
/// - Complexity: O(nodes + uses), and a logarithm for the queues.
struct NodeOrder {
  private let graph: Graph
  private let homes: MemoryHomes
  private let live: [Bool]
  /// Nodes that must run before a node, by count, and which wait for each.
  private var waits: [Int]
  private var users: [[Int]]
  /// The same for readers of the old value of a donated input.
  private var softWaits: [Int]
  private var softUsers: [[Int]]
  /// Nodes that have yet to read each home.
  private var readers: [Graph.Value: Set<Int>] = [:]
  /// Homes that stay until the end.
  private var kept: Set<Graph.Value> = []
  /// Results that lie in an input's memory.
  private var donated: Set<Graph.Value> = []
  private var isDone: [Bool]
  /// Nodes that can run, and those that can if need be over an old value that is still to be read;
  /// some have run since.
  private var (ready, possible) = (NodeQueue(), NodeQueue())
  /// The live nodes in their order.
  private(set) var nodes: [Int] = []

  init(_ graph: Graph, donations: [Int?]) {
    self.graph = graph
    homes = MemoryHomes(graph)
    live = graph.liveNodes
    let none = [Int](repeating: 0, count: graph.nodes.count)
    (waits, softWaits) = (none, none)
    users = none.map { _ in [] }
    softUsers = users
    isDone = live.map { !$0 }
    noteUses()
    noteDonations(donations)
    run()
  }

  private mutating func noteUses() {
    for index in graph.nodes.indices where live[index] {
      for source in Set(graph.nodes[index].inputs.map(\.node)) {
        waits[index] += 1
        users[source].append(index)
      }
      guard !homes.isView(index) else { continue }
      for input in graph.nodes[index].inputs {
        readers[homes.home(input), default: []].insert(index)
      }
    }
    kept = Set(graph.outputs.map(homes.home))
  }

  /// Lets what takes over an input's memory wait for who reads the input; a reader that comes later
  /// in the graph only if nobody waits for the new value.
  private mutating func noteDonations(_ donations: [Int?]) {
    for (output, donation) in donations.enumerated() {
      let value = graph.outputs[output]
      guard let donation, homes.isComputed(value.node) else { continue }
      donated.insert(value)
      let input = Graph.Value(node: graph.inputs[donation])
      for reader in readers[input] ?? [] where reader != value.node {
        guard reader < value.node || users[value.node].isEmpty else { continue }
        softWaits[value.node] += 1
        softUsers[reader].append(value.node)
      }
    }
  }

  private mutating func run() {
    for node in graph.nodes.indices { noteReadiness(node) }
    var early = graph.nodes.indices.filter { isReady($0) && isEager($0) }
    while let node = early.popLast() ?? ready.popFirst() ?? possible.popFirst() {
      if !isDone[node] { place(node, &early) }
    }
  }

  private mutating func noteReadiness(_ node: Int) {
    guard !isDone[node], waits[node] == 0 else { return }
    possible.insert(node)
    if softWaits[node] == 0 { ready.insert(node) }
  }

  private func isReady(_ node: Int) -> Bool {
    !isDone[node] && waits[node] == 0 && softWaits[node] == 0
  }

  private mutating func place(_ node: Int, _ early: inout [Int]) {
    isDone[node] = true
    nodes.append(node)
    var changed: [Int] = []
    for user in users[node] {
      waits[user] -= 1
      if waits[user] == 0 { noteReadiness(user) }
      changed.append(user)
    }
    for user in softUsers[node] {
      softWaits[user] -= 1
      if softWaits[user] == 0 { noteReadiness(user) }
      changed.append(user)
    }
    if !homes.isView(node) {
      for home in Set(graph.nodes[node].inputs.map(homes.home)) {
        readers[home]?.remove(node)
        if let last = readers[home], last.count == 1 { changed += last }
      }
    }
    // The first of them is taken first.
    early += changed.filter { isReady($0) && isEager($0) }.sorted(by: >)
  }

  /// Bytes that are not worth waiting with: of numbers that something large waits for.
  private static let smallBytes = 64

  /// Whether a node takes next to no memory, or frees more than it takes.
  private func isEager(_ node: Int) -> Bool {
    guard homes.isComputed(node), !graph.nodes[node].isAsynchronous else { return true }
    let types = graph.nodes[node].types
    let taken = types.indices.reduce(0) { sum, output in
      let value = Graph.Value(node: node, output: output)
      return donated.contains(value) ? sum : sum + types[output].byteCount
    }
    let freed = Set(graph.nodes[node].inputs.map(homes.home)).reduce(0) { sum, home in
      guard homes.isComputed(home.node), !kept.contains(home), readers[home]?.count == 1 else {
        return sum
      }
      return sum + graph.type(of: home).byteCount
    }
    return freed > taken || taken <= NodeOrder.smallBytes
  }
}
