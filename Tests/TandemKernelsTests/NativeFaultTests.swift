import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// Faults planted in the text of kernels: the comparison with the interpreter must see each.
@Suite(.enabled(if: NativeOracle.isHere, "SKIPPED: native kernels: \(NativeLibrary.summary)"))
struct NativeFaultTests {
  /// What is written wrong: the first place where the text has it, or all.
  struct Fault: CustomStringConvertible, Sendable {
    let right, wrong: String

    var description: String { "\(right) → \(wrong)" }

    func planted(in text: String, of contents: LoopProgram.Contents) -> String {
      let lanes = "\(NativeKernelText.lanes(contents, .current))"
      let (right, wrong) = (
        right.replacing("LANES", with: lanes), wrong.replacing("LANES", with: lanes)
      )
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      for index in lines.indices where lines[index].contains(right) {
        let parts = lines[index].split(
          separator: right, maxSplits: 1, omittingEmptySubsequences: false)
        lines[index] = parts.joined(separator: wrong)
      }
      return lines.joined(separator: "\n")
    }
  }

  static let faults = [
    ("fadd ", "fsub "), ("fmul ", "fadd "), ("fdiv ", "fmul "), ("fcmp olt", "fcmp ogt"),
    ("%full = and i64 %count, -LANES", "%full = and i64 %count, 0"),
    ("icmp ult <LANES x i32>", "icmp ule <LANES x i32>"),
    ("0x8000000000000000", "0x3FF0000000000000"),
    ("%index.next = add i64 %index, LANES", "%index.next = add i64 %index, 256"),
    ("lshr i64 %start, 8", "lshr i64 %start, 9"), ("i32 8, i32 9", "i32 9, i32 8"),
    ("br i1 %isLast, label %exit, label %row", "br label %exit"),
    ("%mask = icmp ult", "%mask = icmp uge"),
  ].map { Fault(right: $0.0, wrong: $0.1) }

  /// Sums of a function of rows that end within a vector, and the function itself.
  private var program: LoopProgram {
    let b = LoopBuilder()
    let x = b.input(.float32)
    let y = x.sigmoid() * x + x.absolute()
    b.output(y, as: .float32)
    b.output(y, as: .float32, reducing: .sum)
    return b.build()
  }

  private func isCaught(_ fault: Fault?) -> Bool {
    let contents = program.contents
    let interpreter = LoopKernel(contents, level: .current)
    let native = LoopKernel(contents, level: .current) {
      fault?.planted(in: $0, of: contents) ?? $0
    }
    let (y, sums) = (LoopBuffer(.float32, count: 2100), LoopBuffer(.float32, count: 5))
    // Ordinary numbers: a NaN in each row would hide what is wrong with its sum.
    var random = SplitMix(seed: 5)
    let x = LoopBuffer(.float32, count: 2100)
    for index in 0..<2100 { x[index] = UInt64(Float.random(in: -4...4, using: &random).bitPattern) }
    let operands = [
      Operand(y.base, Layout([5, 407]), .float32), Operand(sums.base, Layout([5, 1]), .float32),
      Operand(x.base, Layout([5, 407]), .float32),
    ]
    func results(_ kernel: LoopKernel) -> [UInt64] {
      // What is left of an earlier run must not hide that nothing was written.
      for buffer in [y, sums] { buffer.bytes.initializeMemory(as: UInt8.self, repeating: 0x5A) }
      kernel.run(operands, scalars: [], reducedAxes: 2, in: .serial)
      return y.allBits + sums.allBits
    }
    let expected = results(interpreter)
    let compiled = NativeOracle.compiled(native) { _ = results(native) }
    // A text that does not compile is a fault that is seen, too.
    if case .failed? = compiled.native.outcomes.first?.value { return true }
    return !zip(expected, results(compiled)).allSatisfy { sameElement($0, $1, .float32) }
  }

  @Test func nothingIsCaughtWithoutAFault() { #expect(!isCaught(nil)) }

  @Test(arguments: faults)
  func everyFaultIsCaught(_ fault: Fault) { #expect(isCaught(fault), "\(fault)") }

  /// A text on which libLLVM ends the process, in a process of its own: the tier ends instead.
  @Test("what libLLVM does not survive") func fatal() async {
    await #expect(processExitsWith: .success) { try NativeFaultTests.checkFatal() }
  }

  private static func checkFatal() throws {
    let contents = NativeFaultTests().program.contents
    let broken = LoopKernel(contents, level: .current) { "module asm \"no instruction\"\n" + $0 }
    let fine = LoopKernel(contents, level: .current)
    let (y, sums) = (LoopBuffer(.float32, count: 2100), LoopBuffer(.float32, count: 5))
    let x = LoopBuffer(.float32, count: 2100)
    let operands = [
      Operand(y.base, Layout([5, 407]), .float32), Operand(sums.base, Layout([5, 1]), .float32),
      Operand(x.base, Layout([5, 407]), .float32),
    ]
    for kernel in [broken, fine] {
      _ = NativeOracle.compiled(kernel) {
        kernel.run(operands, scalars: [], reducedAxes: 2, in: .serial)
      }
      try #require(kernel.tier.hasSuffix("libLLVM gave up"))
    }
  }
}
