import Glibc
import Synchronization
import TandemArray
import TandemKernels
import TandemOps
import TandemThreads
import Testing

/// What compiled regions do at the same time: independent heavy work, and results one by one.
@Suite struct PlanTraceTests {
  /// Two kernels of one region that each wait until the other runs, too. In a process of its own
  /// with two threads.
  @Test func independentKernelsRunAtTheSameTime() async {
    await #expect(processExitsWith: .success) {
      _ = setenv("TANDEM_NUM_THREADS", "2", 1)
      let place = MeetingPlace()
      let f = compile { (a: NDArray, b: NDArray) in
        [a.meeting(at: place), b.meeting(at: place)]
      }
      let (a, b) = (
        NDArray.random.normal([64, 64], seed: 1), NDArray.random.normal([64, 64], seed: 2)
      )
      for result in f(a, b) { try result.wait(timeout: .seconds(60)) }
      #expect(place.meetingCount == 1)
    }
  }

  /// The gradients of the last layers are there while those of the first are still to come.
  @Test func gradientsCompleteOneByOne() throws {
    let gate = Floodgate()
    let weights = (0..<8).map { Parameter(.random.normal([64, 64], seed: UInt64($0)) * 0.05) }
    let step = compile { (x: NDArray) in
      valueAndGradient(of: weights) {
        weights.enumerated().reduce(x) { y, layer in
          let below = layer.offset == 4 ? y.heldOnTheWayBack(by: gate) : y
          return below.matmul(layer.element.value).tanh()
        }.mean()
      }.gradients.all.map(\.gradient)
    }
    let gradients = step(.random.normal([64, 64], seed: 20))
    for layer in 4..<8 { try gradients[layer].wait(timeout: .seconds(60)) }
    gate.waitForStart()
    #expect(gate.heldCount == 1)
    gate.open()
    for layer in 0..<4 { try gradients[layer].wait(timeout: .seconds(60)) }
  }
}

/// Gives back what it was given; its gradient passes a gate.
private struct HeldOnTheWayBack: Op {
  static let name = "test.heldOnTheWayBack"
  static var inputCounts: ClosedRange<Int> { 1...1 }
  let gate: Floodgate

  func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes { inputs }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.copy(lowering.input(0), to: lowering.output(0))
  }

  func gradient(_ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]) -> [Symbol?] {
    [cotangents[0].map { .apply(Held(gate: gate), $0, at: .unknown) }]
  }
}

/// Where two kernels wait for each other.
private final class MeetingPlace: Hashable, Sendable {
  private let state = Atomic<Int>(0)
  private let left = Atomic<Int>(0)

  static func == (lhs: MeetingPlace, rhs: MeetingPlace) -> Bool { lhs === rhs }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

  /// How often two have met.
  var meetingCount: Int { left.load(ordering: .acquiring) / 2 }

  func meet() {
    state.wrappingAdd(1, ordering: .acquiringAndReleasing)
    while state.load(ordering: .acquiring) < 2 { sched_yield() }
    left.wrappingAdd(1, ordering: .releasing)
  }
}

/// Gives back what it was given when another one runs, too.
private struct Meeting: NonDifferentiableOp {
  static let name = "test.meeting"
  static var inputCounts: ClosedRange<Int> { 1...1 }
  let place: MeetingPlace

  func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes { inputs }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(MeetingPrimitive(place: place), [lowering.output(0)], [lowering.input(0)])
  }

  private struct MeetingPrimitive: Primitive {
    let place: MeetingPlace

    func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
      throws(KernelFailure)
    {
      place.meet()
      Copy.copy(operands[1], to: operands[0], in: .serial)
    }
  }
}

extension NDArray {
  fileprivate func meeting(at place: MeetingPlace) -> NDArray {
    .apply(Meeting(place: place), self, at: .unknown)
  }

  fileprivate func heldOnTheWayBack(by gate: Floodgate) -> NDArray {
    .apply(HeldOnTheWayBack(gate: gate), self, at: .unknown)
  }
}
