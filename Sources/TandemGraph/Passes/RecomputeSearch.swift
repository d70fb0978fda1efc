/// Plays a graph through in its order with no more than a budget of bytes in use, and notes what
/// had to be computed again for that.
///
/// Where the next node does not fit, a value goes that is cheap to compute again for its bytes and
/// for how long nobody needs it. When it is needed it is computed again, and before it what that
/// needs and has gone, too. Nothing goes that cannot come back with the same bits: results of the
/// graph, what reads an input that has been written over by then, loops over graphs.
///
/// - Complexity: O(nodes · values) for each value that goes.
/// - Reference: Kirisame et al., *Dynamic Tensor Rematerialization*, 2020, arXiv:2006.09616, with
///   the time of the next use, which is known here, for the time since the last.
struct RecomputeSearch {
  /// What runs, in order.
  enum Event {
    /// A node of the graph, by its index.
    case node(Int)
    /// A node once more, for these of its outputs.
    case again(Int, outputs: [Int])
  }

  private(set) var events: [Event] = []
  /// Values that are computed again.
  private(set) var repeatCount = 0
  /// How long that takes.
  private(set) var repeatedSeconds = 0.0
  /// The most bytes in use at once.
  private(set) var peakBytes = 0

  /// A value with memory of its own.
  private struct Unit {
    let value: Graph.Value
    let byteCount: Int
    /// Whether it stays to the end: a result, or the memory of one.
    let isKept: Bool
    /// Whether it lies in the memory of an input.
    let isDonated: Bool
    /// The nodes that read it, in order.
    var uses: [Int] = []
    /// How many of them have run.
    var usedCount = 0
    var isResident = false

    var nextUse: Int? { usedCount < uses.count ? uses[usedCount] : nil }
  }

  private let graph: Graph
  private let works: [NodeWork]
  private let budget: Int
  private let rateMin: Double
  private var units: [Unit] = []
  /// The units that are there, in no order, and where in that list each is.
  private var residents: [Int] = []
  private var places: [Int] = []
  private var unitsOfNode: [[Int]]
  /// The units that each node reads.
  private var reads: [[Int]]
  /// The units from which the derived outputs of each node are made.
  private var derivedReads: [[Int]]
  /// The node from which on a node can run no more, nor those from which it is made.
  private var deadlines: [Int]
  private var pins: [Int]
  /// For each node the units that were kept until it for what had gone and it needs.
  private var held: [Int: [Int]] = [:]
  private var used = 0
  private var position = 0
  private let repeatCountMax: Int

  /// - Parameters:
  ///   - graph: its nodes stand in the order in which they run.
  ///   - works: what each node costs.
  ///   - rateMin: bytes per second that computing a value again must give at least.
  init(
    _ graph: Graph, works: [NodeWork], donations: [Int?], budget: Int, rateMin: Double = 0
  ) {
    (self.graph, self.works, self.budget) = (graph, works, budget)
    self.rateMin = rateMin
    let homes = MemoryHomes(graph)
    unitsOfNode = graph.nodes.map { _ in [] }
    reads = graph.nodes.map { _ in [] }
    derivedReads = reads
    deadlines = graph.nodes.map { _ in Int.max }
    repeatCountMax = 4 * graph.nodes.count
    let kept = Set(graph.outputs.map(homes.home))
    var donated: [Graph.Value: Int] = [:]
    for (output, donation) in donations.enumerated() {
      if let donation { donated[graph.outputs[output]] = graph.inputs[donation] }
    }
    var unitOfHome: [Graph.Value: Int] = [:]
    for (index, node) in graph.nodes.enumerated() where homes.isComputed(index) {
      for output in node.types.indices {
        let value = Graph.Value(node: index, output: output)
        unitOfHome[value] = units.count
        unitsOfNode[index].append(units.count)
        units.append(
          Unit(
            value: value, byteCount: (node.types[output].byteCount + 63) & ~63,
            isKept: kept.contains(value), isDonated: donated[value] != nil))
      }
    }
    pins = units.map { _ in 0 }
    places = pins
    noteReads(homes, unitOfHome, writers: Dictionary(donated.map { ($1, $0.node) }) { min($0, $1) })
    search()
  }

  private mutating func noteReads(
    _ homes: MemoryHomes, _ unitOfHome: [Graph.Value: Int], writers: [Int: Int]
  ) {
    for index in graph.nodes.indices where homes.isComputed(index) {
      for home in Set(graph.nodes[index].inputs.map(homes.home)) {
        if let writer = writers[home.node], writer != index {
          deadlines[index] = min(deadlines[index], writer)
        }
        guard let unit = unitOfHome[home] else { continue }
        reads[index].append(unit)
        units[unit].uses.append(index)
        deadlines[index] = min(deadlines[index], deadlines[home.node])
      }
      reads[index].sort()
      guard let derived = works[index].derived else { continue }
      let others = graph.nodes[index].inputs[derived.inputs].map(homes.home)
      derivedReads[index] =
        [unitsOfNode[index][derived.source]] + Set(others.compactMap { unitOfHome[$0] }).sorted()
    }
  }

  /// How a value is computed again: from which units, and how long it takes.
  private func recipe(_ unit: Int) -> (reads: [Int], seconds: Double, isDerived: Bool) {
    let value = units[unit].value
    if let derived = works[value.node].derived, derived.outputs.contains(value.output) {
      return (derivedReads[value.node], derived.seconds, true)
    }
    return (reads[value.node], works[value.node].seconds, false)
  }

  private mutating func search() {
    for node in graph.nodes.indices {
      position = node
      if unitsOfNode[node].isEmpty {
        events.append(.node(node))
        continue
      }
      for unit in reads[node] where !units[unit].isResident { restore(unit, pinning: reads[node]) }
      pin(reads[node], by: 1)
      makeRoom(for: node)
      pin(reads[node], by: -1)
      events.append(.node(node))
      for unit in unitsOfNode[node] { setResident(unit) }
      let used = reads[node] + (held[node] ?? [])
      for unit in used { units[unit].usedCount += 1 }
      dropUnused(used + unitsOfNode[node])
    }
  }

  private mutating func pin(_ some: [Int], by count: Int) {
    for unit in some { pins[unit] += count }
  }

  private mutating func setResident(_ unit: Int) {
    guard !units[unit].isResident else { return }
    units[unit].isResident = true
    places[unit] = residents.count
    residents.append(unit)
    if !units[unit].isDonated { used += units[unit].byteCount }
  }

  private mutating func drop(_ unit: Int) {
    units[unit].isResident = false
    let last = residents.removeLast()
    if last != unit {
      residents[places[unit]] = last
      places[last] = places[unit]
    }
    used -= units[unit].byteCount
  }

  private mutating func dropUnused(_ some: [Int]) {
    for unit in some
    where units[unit].isResident && !units[unit].isKept && units[unit].nextUse == nil
      && pins[unit] == 0
    {
      drop(unit)
    }
  }

  /// Lets values go until a node fits, if that can be.
  private mutating func makeRoom(for node: Int, outputs: [Int]? = nil) {
    var needed = works[node].temporaryBytes
    for (output, unit) in unitsOfNode[node].enumerated() where !units[unit].isDonated {
      if outputs?.contains(output) ?? true { needed += units[unit].byteCount }
    }
    if works[node].mayOverwrite {
      // One result may lie where an operand was that nobody needs any more.
      let last = reads[node].filter {
        !units[$0].isKept && units[$0].uses.count == units[$0].usedCount + 1
      }
      needed -= last.map { units[$0].byteCount }.filter { $0 <= needed }.max() ?? 0
    }
    while used + needed > budget, repeatCount < repeatCountMax, let unit = best() {
      drop(unit)
      holdSources(of: unit)
    }
    peakBytes = max(peakBytes, used + needed)
  }

  /// Keeps what is there anyway, and from which a value can be made again, until that is needed.
  private mutating func holdSources(of unit: Int) {
    guard let next = units[unit].nextUse else { return }
    for source in recipe(unit).reads
    where units[source].isResident && (units[source].uses.last ?? next) < next {
      units[source].uses.append(next)
      held[next, default: []].append(source)
    }
  }

  /// The value whose going wins most.
  private func best() -> Int? {
    var (best, bestScore): (Int?, Double) = (nil, 0)
    for index in residents where !units[index].isKept {
      let unit = units[index]
      guard pins[index] == 0, works[unit.value.node].isRepeatable, let next = unit.nextUse,
        unit.uses.last! < deadlines[unit.value.node]
      else { continue }
      let bytes = Double(unit.byteCount)
      let distance = Double(next - position + 1)
      // What its sources take besides only makes it worse.
      let rateMax = bytes / recipe(index).seconds
      if rateMax < rateMin || rateMax * distance < bestScore { continue }
      let rate = bytes / secondsToRestore(index)
      if rate < rateMin { continue }
      let score = rate * distance
      // Of equals the first, whatever the order of the list is.
      if score > bestScore || score == bestScore && index < best ?? 0 {
        (best, bestScore) = (index, score)
      }
    }
    return best
  }

  /// What computing a value again takes, with what it is made of and has gone.
  private func secondsToRestore(_ unit: Int) -> Double {
    var seconds = 0.0
    var seen: Set<Int> = []
    var waiting = [unit]
    while let next = waiting.popLast(), seen.count < 64 {
      let recipe = recipe(next)
      seconds += recipe.seconds
      for source in recipe.reads where !units[source].isResident && seen.insert(source).inserted {
        waiting.append(source)
      }
    }
    return seconds
  }

  /// A value on its way back.
  private struct Restoration {
    let unit: Int
    /// What it is computed from, how many of which have been looked at, and whether the node's
    /// other outputs stay away.
    let reads: [Int]
    var readCount = 0
    let seconds: Double
    let isDerived: Bool
    /// What must not go meanwhile.
    let others: [Int]
  }

  private mutating func begin(_ unit: Int, pinning others: [Int]) -> Restoration {
    pin(others, by: 1)
    let recipe = recipe(unit)
    return Restoration(
      unit: unit, reads: recipe.reads, seconds: recipe.seconds, isDerived: recipe.isDerived,
      others: others)
  }

  /// Computes a value again, and before it what it is made of and has gone; chains of that may be
  /// as long as the graph.
  private mutating func restore(_ unit: Int, pinning others: [Int]) {
    var waiting = [begin(unit, pinning: others)]
    while var next = waiting.popLast() {
      while next.readCount < next.reads.count, units[next.reads[next.readCount]].isResident {
        next.readCount += 1
      }
      guard next.readCount < next.reads.count else {
        finish(next)
        continue
      }
      let source = next.reads[next.readCount]
      next.readCount += 1
      waiting.append(next)
      waiting.append(begin(source, pinning: next.reads))
    }
  }

  private mutating func finish(_ restoration: Restoration) {
    let (unit, reads) = (restoration.unit, restoration.reads)
    let node = units[unit].value.node
    pin(reads, by: 1)
    // Others of its outputs that are gone come back with it.
    let isWhole = works[node].isWhole && !restoration.isDerived
    let outputs = unitsOfNode[node].indices.filter { output in
      let other = unitsOfNode[node][output]
      return other == unit || isWhole && !units[other].isResident && units[other].nextUse != nil
    }
    makeRoom(for: node, outputs: isWhole ? nil : outputs)
    events.append(.again(node, outputs: outputs))
    repeatCount += 1
    repeatedSeconds += restoration.seconds
    for output in outputs { setResident(unitsOfNode[node][output]) }
    pin(reads, by: -1)
    pin(restoration.others, by: -1)
    dropUnused(reads)
  }
}
