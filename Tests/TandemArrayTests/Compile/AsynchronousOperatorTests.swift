import Dispatch
import Synchronization
import TandemArray
import TandemKernels
import TestSupport
import Testing

/// Asynchronous operators inside of regions: they cut the plan, and what does not depend on them
/// goes on.
@Suite struct AsynchronousOperatorTests {
  private static let x = NDArray.random.normal([64, 64], seed: 1)

  @Test("eager and compiled give the same bits")
  func sameBits() {
    let gate = Floodgate()
    gate.open()
    let body: @Sendable (NDArray) -> [NDArray] = { x in
      let before = (x * 2).tanh()
      let after = (before.held(by: gate) + before).matmul(x)
      return [after, before.sum(axis: 0), (x + 1).held(by: gate), after.held(by: gate).max()]
    }
    let region = compile { (x: NDArray) in body(x) }
    for call in 0..<3 {
      let x = NDArray.random.normal([64, 64], seed: UInt64(call))
      let (a, b) = (body(x), region(x))
      for (a, b) in zip(a, b) { #expect(a.scalars(as: Float.self) == b.scalars(as: Float.self)) }
    }
    #expect(gate.startCount == 18)
  }

  @Test("random programs give the same bits", arguments: 0..<40 as Range<UInt64>)
  func randomPrograms(seed: UInt64) {
    let gate = Floodgate()
    gate.open()
    let weight = Parameter(.random.normal([16, 16], seed: seed))
    let body: @Sendable (NDArray) -> [NDArray] = { x in
      var random = SplitMix(seed: seed)
      var values = [x, weight.value]
      for _ in 0..<random.below(20) + 3 {
        let (a, b) = (values[random.below(values.count)], values[random.below(values.count)])
        switch random.below(7) {
        case 0: values.append(a + b)
        case 1: values.append((a * b).tanh())
        case 2: values.append(a.matmul(b).sigmoid())
        case 3: values.append(a - b.mean(axis: 1, keepDims: true))
        case 4: weight.value = (weight.value * 0.5 + a).tanh()
        default: values.append(a.held(by: gate))
        }
      }
      return [values[values.count - 1], values[values.count / 2], values[values.count - 2]]
    }
    let start = weight.value
    func outcome(_ step: (NDArray) -> [NDArray]) -> [[Float]] {
      weight.value = start + 0
      let results = (0..<3).flatMap { step(.random.normal([16, 16], seed: 100 + UInt64($0))) }
      return (results + [weight.value]).map { $0.scalars(as: Float.self) }
    }
    let region = compile(mutating: weight) { (x: NDArray) in body(x) }
    #expect(outcome(body) == outcome { region($0) })
  }

  /// A plan in which parts stand in each other's way leaves this waiting: for memory that only
  /// early and late work share, for memory that the operator itself holds.
  @Test("what does not depend on it overtakes it, in the next call, too", .timeLimit(.minutes(5)))
  func overtaking() throws {
    let gate = Floodgate()
    let region = compile { (x: NDArray) in
      // Large enough for the arena, and much of it, so that memory would be shared if it could.
      let (shared, plain) = (x.matmul(x).tanh(), (x * 3).matmul(x).tanh())
      let late = ((shared.held(by: gate) * 2).matmul(x) + shared + plain).tanh().matmul(x)
      let early = ((shared + plain).matmul(x) * 0.1).tanh().matmul(x).tanh()
      return [late, early]
    }
    let inputs = (0..<4).map { NDArray.random.normal([64, 64], seed: 10 + UInt64($0)) }
    let results = inputs.map { region($0) }
    for result in results {
      try result[1].wait()
      gate.waitForStart()
    }
    #expect(gate.heldCount == 4, "all calls have come to their operator, none is over")
    while gate.heldCount > 0 { gate.openForOne() }
    gate.open()
    for (x, result) in zip(inputs, results) {
      let (shared, plain) = (x.matmul(x).tanh(), (x * 3).matmul(x).tanh())
      let late = ((shared * 2).matmul(x) + shared + plain).tanh().matmul(x)
      let early = ((shared + plain).matmul(x) * 0.1).tanh().matmul(x).tanh()
      #expect(result[0].scalars(as: Float.self) == late.scalars(as: Float.self))
      #expect(result[1].scalars(as: Float.self) == early.scalars(as: Float.self))
    }
    #expect(region.report.compilation.passingBytes >= 2 * 64 * 64 * 4)
  }

  @Test("two that are under way do not wait for each other")
  func independentOfEachOther() throws {
    let (first, second) = (Floodgate(), Floodgate())
    let region = compile { (x: NDArray) in
      let (a, b) = (x.matmul(x), (x + 1).matmul(x))
      return [
        (a.held(by: first) * 2).matmul(x).tanh(), (b.held(by: second) * 3).matmul(x).tanh(),
      ]
    }
    let x = Self.x
    let results = region(x)
    second.open()
    try results[1].wait()
    #expect(first.heldCount == 1)
    first.open()
    #expect(
      results[0].scalars(as: Float.self)
        == (x.matmul(x) * 2).matmul(x).tanh().scalars(as: Float.self))
  }

  @Test("a failure poisons what depends on it, and names the operator")
  func failures() throws {
    let gate = Floodgate()
    let line: UInt = #line + 2
    let region = compile { (x: NDArray) in
      [((x * 2).held(by: gate) + 1).matmul(x), (x * 3).tanh()]
    }
    let results = region(Self.x)
    gate.waitForStart()
    gate.openForOne(failing: KernelFailure("the line is cut"))
    do {
      _ = try results[0].checkedScalars(as: Float.self)
      Issue.record("no error")
    } catch {
      #expect(
        "\(error)"
          == "test.held: the line is cut: float32[64, 64], queued at "
          + "AsynchronousOperatorTests.swift:\(line)")
    }
    try results[1].wait()
    gate.open()
    let again = region(Self.x)
    #expect(
      again[0].scalars(as: Float.self)
        == (Self.x * 2 + 1).matmul(Self.x).scalars(as: Float.self))
  }

  @Test("it runs once for each call, whether or not somebody reads its result")
  func effects() throws {
    let gate = Floodgate()
    gate.open()
    let region = compile { (x: NDArray) in
      _ = x.held(by: gate)
      _ = x.held(by: gate)
      _ = NDArray([1, 2]).held(by: gate)
      return x + 1
    }
    for _ in 0..<2 { try region(Self.x).wait() }
    for _ in 0..<6 { gate.waitForStart() }
    #expect(gate.startCount == 6)
    let weight = Parameter(Self.x)
    let loss = compile { (x: NDArray) in
      _ = (x * weight.value).held(by: gate)
      return (x * weight.value).sum()
    }
    let (_, gradients) = valueAndGradient(of: [weight]) { loss(Self.x) }
    #expect(gradients.all[0].gradient.scalars(as: Float.self) == Self.x.scalars(as: Float.self))
    gate.waitForStart()
    #expect(gate.startCount == 7)
  }

  @Test("parameters that are updated in place are not written while they are sent")
  func updates() throws {
    let weight = Parameter(Self.x + 0)
    let gate = Floodgate()
    let step = compile(mutating: weight) { (x: NDArray) in
      let sent = weight.value.held(by: gate)
      weight.value = weight.value * 0.5 + x
      return sent
    }
    let results = (0..<3).map { _ in step(Self.x) }
    // The updates of all steps go on.
    let last = weight.value.scalars(as: Float.self)
    gate.open()
    var (value, sent) = (Self.x, [NDArray]())
    for _ in 0..<3 {
      sent.append(value)
      value = value * 0.5 + Self.x
    }
    #expect(last == value.scalars(as: Float.self))
    for (a, b) in zip(results, sent) {
      #expect(a.scalars(as: Float.self) == b.scalars(as: Float.self))
    }
  }

  @Test("bodies of loops refuse it")
  func refusedInLoops() {
    let gate = Floodgate()
    let text = failureText {
      let region = compile { (x: NDArray) in
        scan(NDArray.zeros([2]), over: x) { sum, row in ((sum + row).held(by: gate), row) }.0
      }
      _ = region(.zeros([3, 2]))
    }
    #expect(
      text.contains(
        "runs inside of a kernel, where nobody may wait for test.held; move it outside"),
      "\(text)")
  }
}
