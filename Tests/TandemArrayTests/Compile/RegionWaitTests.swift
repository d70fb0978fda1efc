import Dispatch
import Glibc
import TandemArray
import TestSupport
import Testing

/// Calls of compiled regions that must wait, or must not, for the engine.
@Suite struct RegionWaitTests {
  /// Whoever completes an operator of the region reads one of its parameters before: on the serial
  /// engine, too, no lock is held until that completion.
  @Test func aRegionOfTheSerialEngineHoldsNoLockUntilACompletion() async {
    await #expect(processExitsWith: .exitCode(7)) {
      setenv("TANDEM_ENGINE", "serial", 1)
      endProcess(afterSeconds: 60)
      let gate = Floodgate()
      let weight = Parameter(.random.normal([4, 4], seed: 1))
      let region = compile { (x: NDArray) in (x * weight.value).held(by: gate).tanh() + x }
      DispatchQueue.global().async {
        gate.waitForStart()
        _ = weight.value.scalars(as: Float.self)
        gate.open()
      }
      let x = NDArray.random.normal([4, 4], seed: 2)
      let expected = ((x * weight.value).tanh() + x).scalars(as: Float.self)
      exit(region(x).scalars(as: Float.self) == expected ? 7 : 1)
    }
  }

  /// The process ends when the report is there.
  @Test func aCallThatIsHeldBackSaysOfWhichRegion() async {
    await #expect(processExitsWith: .exitCode(7)) {
      setenv("TANDEM_WAIT_REPORT_SECONDS", "0.01", 1)
      endProcess(afterSeconds: 100)
      var ends: [Int32] = [0, 0]
      guard pipe(&ends) == 0, dup2(ends[1], 2) == 2 else { exit(1) }
      let reader = ends[0]
      DispatchQueue.global().async {
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
          let count = read(reader, &bytes, bytes.count)
          guard count > 0 else { _exit(1) }
          text += String(decoding: bytes.prefix(count), as: UTF8.self)
          let isNamed =
            text.firstMatch(
              of: #/ operations of the region compiled at [^ ]*RegionWaitTests.swift:\d+ \(/#)
            != nil
          if isNamed && text.contains(", not queued yet, for room: ") { _exit(7) }
        }
      }
      let gate = Floodgate()
      let x = NDArray.random.normal([4, 4], seed: 2)
      let region = compile { (y: NDArray) in y.matmul(x).tanh().matmul(x) }
      var y = x.held(by: gate)
      while true { y = region(y) }
    }
  }
}
