import CTandem
import KernelOracle
import TandemShapes
import TandemThreads
import Testing

@testable import TandemKernels

#if canImport(Glibc)
  import Glibc
#endif

/// The functions of one number beside the C library in more bits: every float32 with `TANDEM_DEEP`,
/// else a quarter of a million of them, and half a million float64; all levels alike.
@Suite struct FunctionBoundTests {
  /// A function and the errors that are allowed, in units in the last place. Half a unit means the
  /// nearest number, within a thousandth.
  struct Row: Sendable, CustomStringConvertible {
    let opcode: LoopOpcode
    let float32: Double
    let float64: Double

    init(_ opcode: LoopOpcode, _ float32: Double, _ float64: Double) {
      (self.opcode, self.float32, self.float64) = (opcode, float32, float64)
    }

    var description: String { "\(opcode)" }
  }

  /// The table of `TandemKernels.docc/Functions.md`.
  static let rows = [
    Row(.floor, 0.5, 0.5), Row(.ceil, 0.5, 0.5), Row(.trunc, 0.5, 0.5), Row(.rint, 0.5, 0.5),
    Row(.square, 0.5, 0.5), Row(.reciprocal, 0.5, 0.5), Row(.sqrt, 0.5, 0.5),
    Row(.rsqrt, 1.5, 1.5), Row(.exp, 1.1, 1.1), Row(.expm1, 2, 2), Row(.log, 0.9, 0.9),
    Row(.log1p, 0.6, 2), Row(.log2, 0.6, 0.6), Row(.log10, 0.6, 0.6), Row(.sin, 0.6, 2.5),
    Row(.cos, 0.6, 2.5), Row(.tan, 0.6, 4), Row(.asin, 0.6, 2), Row(.acos, 0.6, 2),
    Row(.atan, 0.6, 2), Row(.sinh, 0.6, 2), Row(.cosh, 0.6, 2), Row(.tanh, 2.5, 3),
    Row(.sigmoid, 2.5, 2.5), Row(.erf, 2, 1.5), Row(.softplus, 2, 2),
  ]

  private static let isDeep = getenv("TANDEM_DEEP") != nil
  private static let chunk = 1 << 16

  @Test(arguments: FunctionBoundTests.rows)
  func keepsItsBounds(_ row: Row) throws {
    let function = kernel_oracle_function("\(row.opcode)")
    try #require(function >= 0)
    let (float32, differences) = Self.floats(row.opcode, function)
    let float64 = Self.doubles(row.opcode, function)
    print("\(row.opcode): float32 \(Self.text(float32)), float64 \(Self.text(float64))")
    #expect(differences == 0, "levels differ in \(differences) float32")
    #expect(float32.worst <= row.float32 + 0.001, "float32 at \(float32.at)")
    #expect(float32.wrong == 0, "float32 at \(float32.wrong_at)")
    #expect(float64.worst <= row.float64 + 0.001, "float64 at \(float64.at)")
    #expect(float64.wrong == 0, "float64 at \(float64.wrong_at)")
  }

  private static func text(_ result: kernel_oracle_result) -> String {
    let worst = max(result.worst, 0.5)
    return "\((worst * 1000).rounded() / 1000) units"
      + (result.worst > 0.5 ? " at \(result.at)" : "")
  }

  private static func program(_ opcode: LoopOpcode, _ dtype: DType) -> LoopProgram {
    let b = LoopBuilder()
    b.output(b.input(dtype).unary(opcode), as: dtype)
    return b.build()
  }

  /// The worst float32 and in how many the levels differ.
  private static func floats(
    _ opcode: LoopOpcode, _ function: Int32
  ) -> (kernel_oracle_result, Int64) {
    let step: UInt32 = isDeep ? 1 : 16411
    let count = (1 << 32) / Int(step) + 1
    let kernels = LoopKernel.allLevels(program(opcode, .float32))
    let groups = min((count + chunk - 1) / chunk, 64)
    let chunksOfGroup = (count + groups * chunk - 1) / (groups * chunk)
    let results = UnsafeMutablePointer<kernel_oracle_result>.allocate(capacity: groups)
    let differences = UnsafeMutablePointer<Int64>.allocate(capacity: groups)
    results.initialize(repeating: kernel_oracle_result(), count: groups)
    differences.initialize(repeating: 0, count: groups)
    defer {
      results.deallocate()
      differences.deallocate()
    }
    WorkerTeam.shared.context.parallelFor(groups) { group in
      let x = LoopBuffer(.float32, count: chunk)
      let outputs = kernels.map { _ in LoopBuffer(.float32, count: chunk) }
      for number in 0..<chunksOfGroup {
        let first = UInt32(truncatingIfNeeded: (group * chunksOfGroup + number) * chunk)
        kernel_oracle_fill_floats(first &* step, step, Int64(chunk), floats(x))
        for (kernel, output) in zip(kernels, outputs) {
          kernel.runContiguous(
            count: chunk, pointers: [output.base, x.base], scalars: [], in: .serial)
          differences[group] += kernel_oracle_differences(
            floats(outputs[0]), floats(output), Int64(chunk))
        }
        kernel_oracle_floats(
          function, floats(x), Int64(chunk), floats(outputs[0]), results + group)
      }
    }
    let all = (0..<groups).map { results[$0] }
    return (merged(all), (0..<groups).reduce(0) { $0 + differences[$1] })
  }

  private static func floats(_ buffer: LoopBuffer) -> UnsafeMutablePointer<Float> {
    buffer.base.assumingMemoryBound(to: Float.self)
  }

  private static func doubles(_ opcode: LoopOpcode, _ function: Int32) -> kernel_oracle_result {
    let (x, output) = (LoopBuffer(.float64, count: chunk), LoopBuffer(.float64, count: chunk))
    let (from, to) = (
      x.base.assumingMemoryBound(to: Double.self),
      output.base.assumingMemoryBound(to: Double.self)
    )
    var result = kernel_oracle_result()
    let kernel = program(opcode, .float64).kernel
    for number in 1...(isDeep ? 256 : 8) {
      kernel_oracle_fill_doubles(UInt64(number * 7919), Int64(chunk), from)
      kernel.runContiguous(
        count: chunk, pointers: [output.base, x.base], scalars: [], in: .serial)
      if !kernel_oracle_doubles(function, from, Int64(chunk), to, &result) {
        print("skipped: float64 functions: long double has no more bits than double here")
        break
      }
    }
    return result
  }

  private static func merged(_ results: [kernel_oracle_result]) -> kernel_oracle_result {
    results.dropFirst().reduce(results[0]) { all, one in
      var worst = all.worst >= one.worst ? all : one
      worst.wrong = all.wrong + one.wrong
      worst.wrong_at = all.wrong > 0 ? all.wrong_at : one.wrong_at
      return worst
    }
  }

  /// Every kernel of a level, every cast, load and store, sorts and scans: the same bits on all
  /// levels, and on arm64, of which `Scripts/cross` prints the digest.
  @Test func levelsGiveOneDigest() {
    let digest = kernel_digest(LoopKernel.Level.baseline.rawValue)
    for level in LoopKernel.Level.allCases {
      if level.isAvailable {
        #expect(kernel_digest(level.rawValue) == digest, "\(level)")
      } else {
        print("skipped: this machine lacks \(level)")
      }
    }
  }
}
