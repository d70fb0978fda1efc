extension Optimizer {
  /// All that a checkpoint holds of a rule, each under a name of its own: its numbers, then what it
  /// remembers of each parameter. Of numbers that several rules inside have the later ones are
  /// numbered: `learningRate`, `learningRate.1`.
  public var savedCells: [(name: String, cell: StateCell)] {
    var counts: [String: Int] = [:]
    let named = numbers.map { cell in
      let count = counts[cell.name, default: 0]
      counts[cell.name] = count + 1
      return (count == 0 ? cell.name : "\(cell.name).\(count)", cell)
    }
    return named + memory.all.map { ($0.name, $0.cell) }
  }
}
