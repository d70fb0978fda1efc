/// Where in one arena the values lie that are neither inputs nor results, by when each lives.
///
/// A step may write its result over an operand that dies there, if its kernel allows it. Values
/// are placed from the largest on, each into the smallest gap among those that live at the same
/// time (best fit by size, as TensorFlow Lite's planner); all start at multiples of 64 bytes. The
/// parts of a plan that asynchronous operators cut have a part of the arena each.
///
/// - Complexity: O(n²) comparisons for n values.
/// - Reference: Pisarchyk and Lee, *Efficient Memory Management for Deep Neural Net Inference*,
///   2020, arXiv:2001.03288.
struct MemoryPlan {
  /// How long the arena is.
  private(set) var arenaByteCount = 0
  /// The parts of the arena.
  private(set) var buffers: [Plan.Buffer] = []
  /// The place of each memory of the planner.
  private(set) var places: [Plan.Place]
  /// For each step, the earlier buffers that share bytes with what it writes first.
  private(set) var clobbers: [[Int]]

  /// When a memory is written first and used last, by step.
  struct Life {
    var first: Int
    var last: Int
  }

  private static let alignment = 64
  /// What each memory is written into: itself, or one whose place in time it follows.
  private var roots: [Int]
  private var lives: [Life?]

  init(_ planner: Planner) {
    places = planner.memories.map { _ in .buffer(-1) }
    clobbers = planner.steps.map { _ in [] }
    roots = Array(planner.memories.indices)
    lives = planner.memories.map { _ in nil }
    findLives(planner.steps)
    for step in planner.steps.indices { reuseOperands(of: step, planner) }
    shortenRoots()
    layOut(planner)
    for (index, memory) in planner.memories.enumerated() {
      if case .place(let place) = planner.memories[root(index)].home {
        places[index] = place
      } else if case .place(let place) = memory.home {
        places[index] = place
      } else {
        places[index] = places[root(index)]
      }
    }
    findClobbers(planner)
  }

  /// Bytes from the start of its place at which a memory starts: where the donated input lies.
  func offset(of memory: Int, _ planner: Planner) -> Int {
    guard case .input(let position) = places[memory],
      planner.inputMemories[position] != memory,
      case .array(let layout) = planner.context.inputs[position]
    else { return 0 }
    let dtype = planner.graph.nodes[planner.graph.inputs[position]].types[0].dtype
    return layout.offset * dtype.byteCount
  }

  private func root(_ memory: Int) -> Int {
    var memory = memory
    while roots[memory] != memory { memory = roots[memory] }
    return memory
  }

  /// Makes every root one step away: chains of operators that write over their operands are as
  /// long as the graph.
  private mutating func shortenRoots() {
    for start in roots.indices {
      let end = root(start)
      var memory = start
      while roots[memory] != end {
        let next = roots[memory]
        roots[memory] = end
        memory = next
      }
    }
  }

  private mutating func findLives(_ steps: [Planner.Step]) {
    for (index, step) in steps.enumerated() {
      for memory in step.results + step.temporaries + step.operands.compactMap({ $0?.memory }) {
        lives[memory] = Life(first: lives[memory]?.first ?? index, last: index)
      }
    }
  }

  /// Lets results take the memory of operands that nobody needs afterwards.
  private mutating func reuseOperands(of index: Int, _ planner: Planner) {
    let step = planner.steps[index]
    for (output, result) in step.results.enumerated() {
      // A result in an input's memory is written there only when the input's readers are done.
      if case .place(.input) = planner.memories[result].home { continue }
      let byteCount = planner.memories[result].byteCount
      for operand in step.operands {
        guard let operand, operand.byteOffset == 0 else { continue }
        let target = root(operand.memory)
        guard planner.memories[target].home == .undecided, lives[target]?.last == index,
          planner.memories[target].byteCount == byteCount, target != root(result),
          !step.results.contains(where: { root($0) == target }),
          mayReplace(target, by: output, step)
        else { continue }
        let first = lives[target]!.first
        lives[root(result)]!.first = first
        roots[target] = root(result)
        break
      }
    }
  }

  /// Whether a step may write an output over every operand that lies in a memory.
  private func mayReplace(_ memory: Int, by output: Int, _ step: Planner.Step) -> Bool {
    step.operands.enumerated().allSatisfy { position, operand in
      guard let operand, root(operand.memory) == memory else { return true }
      return operand.byteOffset == 0
        && step.program.mayOverwrite(input: position, by: output)
    }
  }

  private mutating func layOut(_ planner: Planner) {
    let waiting = planner.memories.indices.filter {
      root($0) == $0 && planner.memories[$0].home == .undecided && lives[$0] != nil
    }.sorted { a, b in
      let (x, y) = (planner.memories[a].byteCount, planner.memories[b].byteCount)
      return x == y ? lives[a]!.first < lives[b]!.first : x > y
    }
    let parts = Dictionary(grouping: waiting) { memory in
      planner.parts.part(of: planner.steps[lives[memory]!.first].node)
    }
    for part in parts.keys.sorted() { layOut(parts[part]!, planner) }
  }

  /// Lays the memories of one part out behind those of the parts before.
  private mutating func layOut(_ waiting: [Int], _ planner: Planner) {
    let base = arenaByteCount
    var placed: [(life: Life, start: Int, end: Int)] = []  // by start
    for memory in waiting {
      let length =
        (planner.memories[memory].byteCount + Self.alignment - 1) / Self.alignment * Self.alignment
      let life = lives[memory]!
      let start = MemoryPlan.bestGap(length, life, placed, from: base)
      let position = placed.firstIndex { $0.start > start } ?? placed.count
      placed.insert((life, start, start + length), at: position)
      arenaByteCount = max(arenaByteCount, start + length)
      places[memory] = .buffer(buffers.count)
      buffers.append(
        Plan.Buffer(byteOffset: start, byteCount: planner.memories[memory].byteCount))
    }
  }

  /// The start of the smallest gap of at least this length among what lives at the same time.
  private static func bestGap(
    _ length: Int, _ life: Life, _ placed: [(life: Life, start: Int, end: Int)], from base: Int
  ) -> Int {
    var (end, best, bestLength) = (base, -1, Int.max)
    for other in placed where other.life.first <= life.last && life.first <= other.life.last {
      let gap = other.start - end
      if gap >= length && gap < bestLength { (best, bestLength) = (end, gap) }
      end = max(end, other.end)
    }
    return best >= 0 ? best : end
  }

  /// For each step that uses a buffer first, the buffers whose time is over and whose bytes it
  /// takes, the latest first; those whose shared bytes a later one has taken already follow from
  /// that.
  private mutating func findClobbers(_ planner: Planner) {
    var lifeOfBuffer: [Life] = buffers.map { _ in Life(first: .max, last: -1) }
    for memory in planner.memories.indices {
      guard case .buffer(let buffer) = places[memory], buffer >= 0, let life = lives[memory]
      else { continue }
      lifeOfBuffer[buffer].first = min(lifeOfBuffer[buffer].first, life.first)
      lifeOfBuffer[buffer].last = max(lifeOfBuffer[buffer].last, life.last)
    }
    for (index, buffer) in buffers.enumerated() {
      let step = lifeOfBuffer[index].first
      let earlier = buffers.indices.filter {
        $0 != index && lifeOfBuffer[$0].last < step && MemoryPlan.overlap(buffers[$0], buffer)
      }.sorted { lifeOfBuffer[$0].first > lifeOfBuffer[$1].first }
      var taken: [Plan.Buffer] = []
      for other in earlier {
        let low = max(buffers[other].byteOffset, buffer.byteOffset)
        let high = min(buffers[other].end, buffer.end)
        if taken.contains(where: { $0.byteOffset <= low && high <= $0.end }) { continue }
        taken.append(buffers[other])
        clobbers[step].append(other)
      }
    }
  }

  private static func overlap(_ a: Plan.Buffer, _ b: Plan.Buffer) -> Bool {
    a.byteOffset < b.end && b.byteOffset < a.end
  }
}

extension MemoryPlan {
  /// What lies in the arena during the step that has most there, in words: a line for each memory,
  /// the largest first, with the steps that write it first and read it last.
  func fullestStep(_ planner: Planner) -> String {
    func inArena(_ memory: Int) -> Bool {
      root(memory) == memory && planner.memories[memory].home == .undecided && lives[memory] != nil
    }
    let memories = planner.memories.indices.filter(inArena)
    func living(_ step: Int) -> [Int] {
      memories.filter { lives[$0]!.first <= step && step <= lives[$0]!.last }
    }
    func bytes(_ some: [Int]) -> Int { some.reduce(0) { $0 + planner.memories[$1].byteCount } }
    guard let full = planner.steps.indices.max(by: { bytes(living($0)) < bytes(living($1)) })
    else { return "nothing" }
    let lines = living(full).sorted {
      planner.memories[$0].byteCount > planner.memories[$1].byteCount
    }.map { memory -> String in
      let life = lives[memory]!
      let names = [life.first, life.last].map { "\($0) \(planner.steps[$0].program.name)" }
      return "  \(planner.memories[memory].byteCount) from \(names[0]) to \(names[1])"
    }
    let head =
      "step \(full) of \(planner.steps.count), \(planner.steps[full].program.name): "
      + "\(bytes(living(full))) bytes of \(arenaByteCount)"
    return ([head] + lines).joined(separator: "\n")
  }
}

extension Plan.Buffer {
  /// Where the buffer ends.
  var end: Int { byteOffset + byteCount }
}
