import Testing

/// The engine's lock-free algorithms under a scheduler that walks through the interleavings: the
/// algorithms pass, and each planted mistake is found.
@Suite(.serialized)
struct ModelTests {
  static let seed: UInt64 = 20_261

  /// Opposed pairs, readers between writers, and more operations than nodes.
  private static let programs: [[[GraphModel.Operation]]] = [
    [
      [.init(reads: [], writes: [0, 1]), .init(reads: [], writes: [0])],
      [.init(reads: [], writes: [1, 0]), .init(reads: [0], writes: [1])],
    ],
    [
      [.init(reads: [0], writes: [1]), .init(reads: [1], writes: [0])],
      [.init(reads: [1], writes: [0]), .init(reads: [0, 1], writes: [])],
    ],
    [
      [
        .init(reads: [], writes: [0]), .init(reads: [], writes: [0]), .init(reads: [0], writes: []),
      ],
      [.init(reads: [0], writes: []), .init(reads: [], writes: [0])],
    ],
  ]

  private static func explore(
    _ programs: [[GraphModel.Operation]], _ fault: GraphModel.Fault, workers: Int,
    systematic: Int, random: Int
  ) -> Exploration {
    Exploration.explore(systematic: systematic, random: random, seed: seed) {
      let model = GraphModel(programs, variables: 2, fault: fault)
      return (model.bodies(workers: workers), model.check)
    }
  }

  @Test(arguments: [0, 1, 2], [1, 2])
  func registrationAndCompletion(program: Int, workers: Int) {
    let all = ModelTests.explore(
      ModelTests.programs[program], .none, workers: workers, systematic: 150, random: 300)
    #expect(all.failure == nil)
    print(
      "model: program \(program), \(workers) workers: \(all.runs) runs, \(all.steps) steps,"
        + " seed \(ModelTests.seed)")
  }

  @Test func oneByOneRegistrationIsFound() {
    let all = ModelTests.explore(
      ModelTests.programs[0], .oneByOneRegistration, workers: 1, systematic: 300, random: 1000)
    #expect(all.failure?.hasPrefix("nobody can go on") == true, "\(all)")
    print("model: one-by-one registration found in run \(all.runs): \(all.failure ?? "")")
  }

  @Test func earlyRecyclingIsFound() {
    let all = ModelTests.explore(
      ModelTests.programs[2], .earlyRecycling, workers: 2, systematic: 300, random: 2000)
    #expect(all.failure != nil)
    print("model: early recycling found in run \(all.runs): \(all.failure ?? "")")
  }

  @Test(arguments: [1, 2], [1, 2])
  func parking(producers: Int, workers: Int) {
    let all = Exploration.explore(systematic: 150, random: 300, seed: ModelTests.seed) {
      let model = ParkingModel(producers: producers, jobsEach: 2, forgetsToLookAgain: false)
      return (model.bodies(workers: workers), model.check)
    }
    #expect(all.failure == nil)
    print("model: parking: \(all.runs) runs, \(all.steps) steps, seed \(ModelTests.seed)")
  }

  private static func asynchronous(
    _ fault: AsyncModel.Fault, startThrows: Bool = false
  ) -> Exploration {
    Exploration.explore(systematic: 400, random: 1000, seed: seed) {
      let model = AsyncModel(fault: fault, startThrows: startThrows)
      return (model.bodies, model.check)
    }
  }

  /// The start, the completion and the giving up of one operation, all at the same time.
  @Test(arguments: [false, true]) func asynchronousOperations(startThrows: Bool) {
    let all = ModelTests.asynchronous(.none, startThrows: startThrows)
    #expect(all.failure == nil)
    print("model: asynchronous: \(all.runs) runs, \(all.steps) steps, seed \(ModelTests.seed)")
  }

  @Test func aFailedStartThatEndsUnaskedIsFound() {
    let all = ModelTests.asynchronous(.throwsUnclaimed, startThrows: true)
    #expect(all.failure != nil, "\(all)")
  }

  @Test func aLostEndIsFound() {
    let all = ModelTests.asynchronous(.looksTooEarly)
    #expect(all.failure?.hasPrefix("finished 0 times") == true, "\(all)")
  }

  @Test func aLostCompletionOfWhatWasGivenUpIsFound() {
    let all = ModelTests.asynchronous(.givesUpUnannounced)
    #expect(all.failure?.hasPrefix("1 payloads left") == true, "\(all)")
  }

  private static func waitCells(looksTooEarly: Bool) -> Exploration {
    Exploration.explore(systematic: 400, random: 1000, seed: seed) {
      let model = WaitCellModel(looksTooEarly: looksTooEarly)
      return (model.bodies, model.check)
    }
  }

  @Test func waitCells() {
    let all = ModelTests.waitCells(looksTooEarly: false)
    #expect(all.failure == nil)
    print("model: wait cells: \(all.runs) runs, \(all.steps) steps, seed \(ModelTests.seed)")
  }

  @Test func aLostSignalIsFound() {
    let all = ModelTests.waitCells(looksTooEarly: true)
    #expect(all.failure?.hasPrefix("nobody can go on") == true, "\(all)")
  }

  @Test func aLostWakeUpIsFound() {
    let all = Exploration.explore(systematic: 1000, random: 1000, seed: ModelTests.seed) {
      let model = ParkingModel(producers: 1, jobsEach: 2, forgetsToLookAgain: true)
      return (model.bodies(workers: 1), model.check)
    }
    #expect(all.failure?.hasPrefix("nobody can go on") == true, "\(all)")
    print("model: lost wake-up found in run \(all.runs): \(all.failure ?? "")")
  }
}
