import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// Random programs, layouts and shapes by native kernels and by the interpreter; threads; rows.
@Suite(.enabled(if: NativeOracle.isHere, "SKIPPED: native kernels: \(NativeLibrary.summary)"))
struct NativeProgramTests {
  /// How many programs each base seed stands for.
  static let count: UInt64 = NativeOracle.isDeep ? 1000 : 40

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func randomLayouts(_ base: UInt64) {
    for seed in base * 100_000..<base * 100_000 + Self.count {
      let trial = LoopTrial(seed: seed)
      func run(_ kernel: LoopKernel) {
        kernel.run(
          trial.operands, scalars: [trial.scalar], reducedAxes: trial.reducedAxes, in: .serial)
      }
      for level in NativeOracle.levels {
        run(LoopKernel(trial.program.contents, level: level))
        let expected = trial.buffers.map(\.allBits)
        let native = LoopKernel(trial.program.contents, level: level)
        run(NativeOracle.compiled(native) { run(native) })
        for case (_, .failed(let reason)) in native.native.outcomes {
          Issue.record("seed \(seed): \(reason)\n\(trial.program)")
        }
        for (number, output) in trial.program.contents.outputs.enumerated() {
          let got = trial.buffers[number].allBits
          let wrong = got.indices.first {
            !sameElement(got[$0], expected[number][$0], output.dtype)
          }
          guard let wrong else { continue }
          Issue.record(
            """
            seed \(seed), \(level), output \(number) at \(wrong): \(got[wrong]), not \
            \(expected[number][wrong]); shape \(trial.shape), reduced \(trial.reducedAxes), \
            \(native.native.outcomes.keys)
            \(trial.program)
            """)
          return
        }
      }
    }
  }

  @Test(arguments: [UInt64(11), 12, 13, 14])
  func randomFormulas(_ base: UInt64) {
    for seed in base * 100_000..<base * 100_000 + Self.count {
      var trial = RandomFormula(seed: seed)
      let program = trial.program()
      let inputs = trial.buffers(program)
      for threads in [1, 2, 4].suffix(seed % 5 == 0 ? 3 : 1) {
        let team = WorkerTeam(threads: threads)
        defer { team.shutdown() }
        trial.compare(program, inputs, in: team.context)
      }
    }
  }

  @Test(arguments: [[40, 700], [3, 5, 1100], [300, 20], [7, 33, 17]] as [Shape])
  func rowBlocks(_ shape: Shape) throws {
    let (b, c) = (LoopBuilder(), LoopBuilder())
    let x = b.input(.float32)
    let e = (x * 0.5).exp()
    b.output(e, as: .float32)
    b.output(e, as: .float32, reducing: .sum)
    let (y, s) = (c.input(.float32), c.input(.float32))
    c.output((y / s).tanh(), as: .float32)
    let (first, second) = (b.build(), c.build())
    let length = shape[-1]
    let blocks = RowBlocks(
      rows: shape.dropLast(),
      stages: [
        RowBlocks.Stage(
          first, shape: [length], reducedAxes: 1,
          references: [.scratch(0, strides: [1]), .scratch(1, strides: [0]), .operand(1)],
          scalars: []),
        RowBlocks.Stage(
          second, shape: [length], reducedAxes: 0,
          references: [.operand(0), .scratch(0, strides: [1]), .scratch(1, strides: [0])],
          scalars: []),
      ],
      scratch: [
        RowBlocks.Scratch(.float32, elementCount: length),
        RowBlocks.Scratch(.float32, elementCount: 1),
      ], resultCount: 1)
    let x0 = NativeKernelTests.operands(.float32, 1)[0]
    let source = LoopBuffer(.float32, count: shape.elementCount)
    for index in 0..<shape.elementCount { source[index] = x0[index % 1990] }
    let result = LoopBuffer(.float32, count: shape.elementCount)
    let operands = [
      Operand(result.base, Layout(shape), .float32), Operand(source.base, Layout(shape), .float32),
    ]
    try blocks.run(operands, scalars: [], in: .serial)
    let expected = result.allBits
    for program in [first, second] { program.kernel.native.enable() }
    for _ in 0..<3 { try blocks.run(operands, scalars: [], in: .serial) }
    NativeCompiler.shared.waitUntilIdle()
    for threads in [1, 2, 4] {
      let team = WorkerTeam(threads: threads)
      defer { team.shutdown() }
      result.bytes.initializeMemory(as: UInt8.self, repeating: 0)
      try blocks.run(operands, scalars: [], in: team.context)
      #expect(zip(result.allBits, expected).allSatisfy { sameElement($0, $1, .float32) })
    }
    #expect(first.kernel.tier.hasPrefix("native"), "\(first.kernel.tier)")
    #expect(second.kernel.tier.hasPrefix("native"), "\(second.kernel.tier)")
  }

  /// Kernels are swapped in while others run: every run has the same bits.
  @Test func kernelsAppearWhileProgramsRun() {
    let b = LoopBuilder()
    let x = b.input(.float32)
    b.output(x.tanh() * x + 1, as: .float32)
    let contents = b.build().contents
    let source = LoopBuffer(.float32, count: 100_000)
    let x0 = NativeKernelTests.operands(.float32, 1)[0]
    for index in 0..<100_000 { source[index] = x0[index % 1990] }
    let expected = LoopBuffer(.float32, count: 100_000)
    LoopKernel(contents, level: .current).runContiguous(
      count: 100_000, pointers: [expected.base, source.base], scalars: [], in: .serial)
    let team = WorkerTeam(threads: 4)
    defer { team.shutdown() }
    for _ in 0..<5 {
      let kernel = LoopKernel(contents, level: .current)
      kernel.native.enable()
      let (base, wanted) = (source, expected)
      team.context.parallelFor(16) { _ in
        for _ in 0..<10 {
          let result = LoopBuffer(.float32, count: 100_000)
          kernel.runContiguous(
            count: 100_000, pointers: [result.base, base.base], scalars: [], in: .serial)
          let isSame = (0..<100_000).allSatisfy { sameElement(result[$0], wanted[$0], .float32) }
          if !isSame { Issue.record("differs while kernels appear") }
        }
      }
      NativeCompiler.shared.waitUntilIdle()
    }
  }
}
