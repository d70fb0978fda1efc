import Testing

/// The engine's lock-free algorithms under a scheduler that walks through the interleavings: the
/// algorithms pass, and each of three planted mistakes is found.
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

  @Test func aLostWakeUpIsFound() {
    let all = Exploration.explore(systematic: 1000, random: 1000, seed: ModelTests.seed) {
      let model = ParkingModel(producers: 1, jobsEach: 2, forgetsToLookAgain: true)
      return (model.bodies(workers: 1), model.check)
    }
    #expect(all.failure?.hasPrefix("nobody can go on") == true, "\(all)")
    print("model: lost wake-up found in run \(all.runs): \(all.failure ?? "")")
  }
}
