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
///
/// One function after the other, each on all threads. `TANDEM_BOUNDS_FROM=log2` goes on with that
/// one after an interrupted deep run.
@Suite(.serialized) struct FunctionBoundTests {
  private static let isDeep = getenv("TANDEM_DEEP") != nil
  private static let chunk = 1 << 16
  /// Steps between float32 that are not all taken: odd, so that they fall on any bits.
  private static let sampleStep: UInt32 = 16411
  private static let levelStep: UInt32 = isDeep ? 37 : sampleStep

  @Test(arguments: FunctionTable.unary)
  func keepsItsBounds(_ row: FunctionTable.Row) throws {
    let position = FunctionTable.unary.firstIndex { $0.name == row.name }!
    if let start = getenv("TANDEM_BOUNDS_FROM").map({ String(cString: $0) }),
      let first = FunctionTable.unary.firstIndex(where: { $0.name == start }), position < first
    {
      print("skipped: \(row): TANDEM_BOUNDS_FROM=\(start)")
      return
    }
    let levels = Survey(row, step: Self.levelStep, LoopKernel.Level.allCases.filter(\.isAvailable))
    let float32 = Self.isDeep ? Survey(row, step: 1, [.current]).result : levels.result
    let float64 = Self.doubles(row)
    print(
      "\(position + 1) of \(FunctionTable.unary.count): \(row):"
        + " float32 \(errorText(float32.worst, "\(float32.at)")),"
        + " float64 \(errorText(float64.worst, "\(float64.at)"))")
    fflush(nil)
    #expect(levels.differences == 0, "levels differ in \(levels.differences) float32")
    #expect(float32.worst <= row.float32 + 0.001, "float32 at \(float32.at)")
    #expect(float32.wrong == 0, "float32 at \(float32.wrong_at)")
    #expect(float64.worst <= row.float64 + 0.001, "float64 at \(float64.at)")
    #expect(float64.wrong == 0, "float64 at \(float64.wrong_at)")
    if Self.isDeep {
      #expect(max(float32.worst, 0.5) >= row.float32 - 0.001, "the page states more than there is")
    }
  }

  /// Zeros of both signs, infinities, NaN and the ends of the ranges: kinds and signs of zeros.
  @Test(arguments: FunctionTable.unary)
  func isExactAtTheEdges(_ row: FunctionTable.Row) {
    let edges: [Float] = [
      0, 1, 0.5, 2, .infinity, .nan, .leastNonzeroMagnitude, .leastNormalMagnitude,
      .greatestFiniteMagnitude, 89, 104, 1e-10, 1e10,
    ]
    let function = kernel_oracle_function(row.name)
    for level in LoopKernel.allLevels(Survey.program(row, .float32)) {
      var result = kernel_oracle_result()
      for x in edges.flatMap({ [$0, -$0] }) {
        var (x, y) = (x, Float(1))
        withUnsafeMutablePointer(to: &x) { from in
          withUnsafeMutablePointer(to: &y) { to in
            level.runContiguous(
              count: 1, pointers: [UnsafeMutableRawPointer(to), UnsafeMutableRawPointer(from)],
              scalars: [], in: .serial)
            // One by one they are compared without vectors.
            kernel_oracle_floats(function, from, 1, to, &result)
          }
        }
      }
      #expect(result.wrong == 0, "\(row) at \(result.wrong_at)")
    }
  }

  @Test func everyFunctionIsInTheTable() {
    let others: Set<LoopOpcode> = [.bitNot, .logicalNot, .round, .cast, .roundToOdd, .copy]
    let unary = LoopOpcode.allCases.filter { $0.operandCount == 1 && !others.contains($0) }
    #expect(
      FunctionTable.composed.union(unary.map { "\($0)" }) == Set(FunctionTable.unary.map(\.name)))
  }

  /// What makes all float32 fast is itself held against long double.
  @Test(arguments: FunctionTable.unary)
  func vectorsOfTheOracleAreExactEnough(_ row: FunctionTable.Row) {
    let count = 1 << 14
    var x = [Float](repeating: 0, count: count)
    kernel_oracle_fill_floats(0, 262_147, Int64(count), &x)
    let error = kernel_oracle_vector_error(kernel_oracle_function(row.name), x, Int64(count))
    if error < 0 {
      print("skipped: no AVX-512, libmvec or long double: float32 are compared one by one")
    }
    // Units of double; a unit of float32 is half a milliard of them.
    #expect(error <= 8)
  }

  private static func doubles(_ row: FunctionTable.Row) -> kernel_oracle_result {
    let (x, output) = (LoopBuffer(.float64, count: chunk), LoopBuffer(.float64, count: chunk))
    let (from, to) = (
      x.base.assumingMemoryBound(to: Double.self),
      output.base.assumingMemoryBound(to: Double.self)
    )
    defer { withExtendedLifetime((x, output)) {} }
    var result = kernel_oracle_result()
    let kernel = Survey.program(row, .float64).kernel
    for number in 1...(isDeep ? 256 : 8) {
      kernel_oracle_fill_doubles(UInt64(number * 7919), Int64(chunk), from)
      kernel.runContiguous(
        count: chunk, pointers: [output.base, x.base], scalars: [], in: .serial)
      if !kernel_oracle_doubles(
        kernel_oracle_function(row.name), from, Int64(chunk), to, &result)
      {
        print("skipped: float64 functions: long double has no more bits than double here")
        break
      }
    }
    return result
  }
}

extension FunctionBoundTests {
  /// A function of every so-manieth float32 on some levels: the worst result of the first level,
  /// and in how many the others differ from it.
  private struct Survey {
    let result: kernel_oracle_result
    let differences: Int64

    static func program(_ row: FunctionTable.Row, _ dtype: DType) -> LoopProgram {
      let b = LoopBuilder()
      b.output(row.value([b.input(dtype)]).cast(to: dtype), as: dtype)
      return b.build()
    }

    init(_ row: FunctionTable.Row, step: UInt32, _ levels: [LoopKernel.Level]) {
      let function = kernel_oracle_function(row.name)
      let contents = Survey.program(row, .float32).contents
      let kernels = levels.map { LoopKernel(contents, level: $0) }
      let count = (1 << 32) / Int(step) + 1
      let groups = min((count + chunk - 1) / chunk, 256)
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
        defer { withExtendedLifetime((x, outputs)) {} }
        for number in 0..<chunksOfGroup {
          let first = UInt32(truncatingIfNeeded: (group * chunksOfGroup + number) * chunk)
          kernel_oracle_fill_floats(first &* step, step, Int64(chunk), Survey.floats(x))
          for (kernel, output) in zip(kernels, outputs) {
            kernel.runContiguous(
              count: chunk, pointers: [output.base, x.base], scalars: [], in: .serial)
          }
          for output in outputs.dropFirst() {
            differences[group] += kernel_oracle_differences(
              Survey.floats(outputs[0]), Survey.floats(output), Int64(chunk))
          }
          kernel_oracle_floats(
            function, Survey.floats(x), Int64(chunk), Survey.floats(outputs[0]), results + group)
        }
      }
      result = Survey.merged((0..<groups).map { results[$0] })
      self.differences = (0..<groups).reduce(0) { $0 + differences[$1] }
    }

    private static func floats(_ buffer: LoopBuffer) -> UnsafeMutablePointer<Float> {
      buffer.base.assumingMemoryBound(to: Float.self)
    }

    private static func merged(_ results: [kernel_oracle_result]) -> kernel_oracle_result {
      results.dropFirst().reduce(results[0]) { all, one in
        var worst = all.worst >= one.worst ? all : one
        worst.wrong = all.wrong + one.wrong
        worst.wrong_at = all.wrong > 0 ? all.wrong_at : one.wrong_at
        return worst
      }
    }
  }
}
