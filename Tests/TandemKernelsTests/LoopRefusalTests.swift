import TandemShapes
import Testing

@testable import TandemKernels

/// The words with which the builder refuses; each in a process of its own.
@Suite struct LoopRefusalTests {
  private static func says(_ result: ExitTest.Result?, _ message: String) -> Bool {
    guard let bytes = result?.standardErrorContent else { return false }
    return String(decoding: bytes, as: UTF8.self).contains(message + "\n")
  }

  @Test func refusesComplexNumbers() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = LoopBuilder().input(.complex64)
    }
    #expect(Self.says(result, "loop program: complex numbers are not supported: complex64"))
  }

  @Test func refusesMixedClasses() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let b = LoopBuilder()
      _ = b.input(.float32) + b.input(.float64)
    }
    #expect(Self.says(result, "loop program: add: classes differ: float32, float64"))
  }

  @Test func refusesWhatAClassLacks() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = LoopBuilder().input(.int32).exp()
    }
    #expect(Self.says(result, "loop program: exp is not defined for int32"))
  }

  @Test func refusesSelectOfMixedClasses() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let b = LoopBuilder()
      _ = b.input(.bool).select(b.input(.float32), b.input(.int64))
    }
    #expect(Self.says(result, "loop program: select: classes differ: float32, int64"))
  }

  @Test func refusesRoundingToAnotherClass() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = LoopBuilder().input(.float64).rounded(to: .bfloat16)
    }
    #expect(Self.says(result, "loop program: rounded: bfloat16 is not computed in float64"))
  }

  @Test func refusesProgramsWithoutOutputs() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = LoopBuilder().build()
    }
    #expect(Self.says(result, "loop program: no operand has the iteration shape: 0 outputs"))
  }

  @Test func refusesTooManyOperands() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let b = LoopBuilder()
      for _ in 0..<64 { b.output(b.input(.float32), as: .float32) }
      _ = b.build()
    }
    #expect(
      Self.says(result, "loop program: more than 64 operands: 64 inputs, 64 outputs"))
  }
}
