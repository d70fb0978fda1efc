import Testing

/// The checker of the property test is itself checked: it must see the faults that it is there for.
struct SerialOrderTests {
  private func program(_ operations: [(id: Int, reads: [Int], writes: [Int])]) -> [RandomOperation]
  {
    operations.map {
      RandomOperation(
        id: $0.id, reads: $0.reads, writes: $0.writes, kind: .plain, priority: .normal)
    }
  }

  @Test func aProperRunHasAnOrder() {
    let world = World(variables: 2, operations: 2)
    let programs = [program([(0, [], [0, 1])]), program([(1, [0], [1])])]
    for one in programs.joined() { world.perform(one) }
    #expect(SerialOrder(world, programs: programs).order == [0, 1])
  }

  /// Two pushes of {a, b}, one of which was first on a and the other first on b.
  @Test func opposedOrdersOnTwoVariablesHaveNone() {
    let world = World(variables: 2, operations: 2)
    let programs = [program([(0, [], [0, 1])]), program([(1, [], [0, 1])])]
    world.writers[0] = [0, 1]
    world.writers[1] = [1, 0]
    #expect(SerialOrder(world, programs: programs).order == nil)
  }

  /// A read that saw the write that one thread pushed after it.
  @Test func aReadOfTheFutureHasNone() {
    let world = World(variables: 1, operations: 2)
    let programs = [program([(0, [0], []), (1, [], [0])])]
    world.writers[0] = [1]
    world.versions[0] = [(0, 1)]
    #expect(SerialOrder(world, programs: programs).order == nil)
  }
}
