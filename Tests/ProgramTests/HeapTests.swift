import Testing

/// What a call of a compiled region takes from the heap; a count, which no load changes.
struct HeapTests {
  @Test("at most two allocations for each array that a call returns")
  func allocations() throws {
    let outcome = try Program("HeapProbe").run()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.map { $0[0] } == ["forward", "three", "list", "update", "training"])
    for line in lines {
      let (arrays, allocations) = (Int(line[1]) ?? 0, Int(line[2]) ?? .max)
      // Arrays in a Swift array take four more for the lists that they go through.
      let lists = line[0] == "list" ? 400 : 0
      // What the process keeps grows now and then.
      #expect(allocations <= 200 * arrays + lists + 10, "\(line)")
    }
  }
}
