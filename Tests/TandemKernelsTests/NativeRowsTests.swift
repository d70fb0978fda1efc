import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// All stages of rows in one native kernel give the bits of the interpreter, which runs them one by
/// one: for rows shorter and longer than vectors, blocks and groups of blocks.
@Suite(.enabled(if: NativeOracle.isHere, "SKIPPED: native kernels: \(NativeLibrary.summary)"))
struct NativeRowsTests {
  static let lengths = [1, 5, 16, 63, 64, 100, 256, 257, 300, 768, 1000, 1024, 1025, 2125, 5000]

  /// Stages over rows of one length, built one after another.
  private struct Stages {
    let length: Int
    var stages: [RowBlocks.Stage] = []
    var scratch: [RowBlocks.Scratch] = []

    /// Memory for one element of each row, or for all.
    mutating func room(_ dtype: DType, isOne: Bool = false) -> RowBlocks.Reference {
      scratch.append(RowBlocks.Scratch(dtype, elementCount: isOne ? 1 : length))
      return .scratch(scratch.count - 1, strides: [isOne ? 0 : 1])
    }

    mutating func add(
      _ references: [RowBlocks.Reference], isOne: Bool = false, scalars: [Int] = [],
      _ body: (LoopBuilder) -> Void
    ) {
      let builder = LoopBuilder()
      body(builder)
      let program = builder.build()
      stages.append(
        RowBlocks.Stage(
          program, shape: isOne ? [1] : [length], reducedAxes: program.hasReduction ? 1 : 0,
          references: references, scalars: scalars))
    }
  }

  /// Softmax, then layer norm, of a row, times a number: operands result, deviation, x, factor.
  private func normalised(_ rows: Shape, _ length: Int, _ dtype: DType) -> RowBlocks {
    let wide: DType = dtype == .float64 ? .float64 : .float32
    var s = Stages(length: length)
    let (largest, e) = (s.room(wide, isOne: true), s.room(wide))
    let (sum, factor) = (s.room(wide, isOne: true), s.room(wide, isOne: true))
    let (total, squares) = (s.room(wide, isOne: true), s.room(wide, isOne: true))
    s.add([largest, .operand(2)]) {
      $0.output($0.input(dtype).cast(to: wide), as: wide, reducing: .max)
    }
    s.add([e, sum, .operand(2), largest]) {
      let y = ($0.input(dtype).cast(to: wide) - $0.input(wide)).exp()
      $0.output(y, as: wide)
      $0.output(y, as: wide, reducing: .sum)
    }
    s.add([factor, sum], isOne: true) { $0.output($0.input(wide).reciprocal(), as: wide) }
    s.add([total, e, factor]) {
      $0.output($0.input(wide) * $0.input(wide), as: wide, reducing: .sum)
    }
    s.add([squares, e, factor, total]) {
      let y = $0.input(wide) * $0.input(wide) - $0.input(wide) / Double(length)
      $0.output(y * y, as: wide, reducing: .sum)
    }
    s.add([.operand(1), squares], isOne: true) {
      $0.output(($0.input(wide) / Double(length) + 1e-5).rsqrt(), as: dtype)
    }
    s.add([.operand(0), e, factor, total, .operand(1), .operand(3)], scalars: [0]) {
      let (y, mean) = ($0.input(wide) * $0.input(wide), $0.input(wide) / Double(length))
      let rstd = $0.input(dtype).cast(to: wide)
      let scale = $0.input(dtype).cast(to: wide) * $0.scalar(.float64).cast(to: wide)
      $0.output((y - mean) * rstd * scale, as: dtype)
    }
    return RowBlocks(rows: rows, stages: s.stages, scratch: s.scratch, resultCount: 2)
  }

  /// Sums, products, extremes and truth of integers, in results narrower than they are gathered.
  private func counted(_ rows: Shape, _ length: Int) -> RowBlocks {
    var s = Stages(length: length)
    let whole = s.room(.int32)
    s.add([.operand(0), .operand(1), whole, .operand(5)]) {
      let x = $0.input(.uint8)
      $0.output(x, as: .int16, reducing: .sum)
      $0.output(x * x, as: .int64, reducing: .sum)
      $0.output(x + x, as: .int32)
    }
    s.add([.operand(2), .operand(3), .operand(4), whole]) {
      let x = $0.input(.int32)
      $0.output(x, as: .int32, reducing: .max)
      $0.output(x, as: .int8, reducing: .min)
      $0.output(x, as: .bool, reducing: .all)
    }
    return RowBlocks(rows: rows, stages: s.stages, scratch: s.scratch, resultCount: 5)
  }

  private static func rows(_ shape: Shape) -> Shape { Shape(shape.array.dropLast() + [1]) }

  /// Runs rows by the interpreter and by kernels of each level, and compares the results.
  private func compare(
    _ blocks: RowBlocks, _ results: [LoopBuffer], _ operands: [Operand], scalars: [ScalarValue],
    fault: (@Sendable (String) -> String)? = nil
  ) throws -> Bool {
    try blocks.run(operands, scalars: scalars, in: .serial)
    let expected = results.map(\.allBits)
    var isSame = true
    for level in NativeOracle.levels {
      let kernels = NativeRowKernels(blocks, level: level, fault: fault)
      for threads in [1, 2, 4] {
        let team = WorkerTeam(threads: threads)
        defer { team.shutdown() }
        for result in results { result.bytes.initializeMemory(as: UInt8.self, repeating: 0x5A) }
        let run = RowBlockRun(blocks, operands, scalars, kernels: kernels)
        for _ in 0..<3 where !run.isNative {
          _ = RowBlockRun(blocks, operands, scalars, kernels: kernels)
        }
        NativeCompiler.shared.waitUntilIdle()
        let native = RowBlockRun(blocks, operands, scalars, kernels: kernels)
        if !native.isNative {
          if fault == nil { Issue.record("\(level): \(kernels.outcomes)") }
          return false
        }
        team.context.parallelFor(native.chunkCount) { native.runChunk($0) }
        for (result, wanted) in zip(results, expected) {
          isSame =
            isSame && zip(result.allBits, wanted).allSatisfy { sameElement($0, $1, result.dtype) }
        }
      }
    }
    return isSame
  }

  private func isSame(
    _ shape: Shape, _ dtype: DType, fault: (@Sendable (String) -> String)? = nil
  ) throws -> Bool {
    let (count, length) = (shape.elementCount, shape[-1])
    let blocks = normalised(shape.dropLast(), length, dtype)
    let (y, rstd) = (LoopBuffer(dtype, count: count), LoopBuffer(dtype, count: count / length))
    let (x, factor) = (LoopBuffer(dtype, count: count), LoopBuffer(dtype, count: length))
    var random = SplitMix(seed: 7)
    for buffer in [x, factor] {
      for index in 0..<buffer.allBits.count {
        let value = Float.random(in: -4...4, using: &random)
        switch dtype {
        case .float64: buffer[index] = Double(value).bitPattern
        case .bfloat16: buffer[index] = UInt64(value.bitPattern >> 16)
        default: buffer[index] = UInt64(value.bitPattern)
        }
      }
    }
    let stretched = Layout(Self.rows(shape)).broadcast(to: shape)
    let operands = [
      Operand(y.base, Layout(shape), dtype), Operand(rstd.base, stretched, dtype),
      Operand(x.base, Layout(shape), dtype),
      Operand(factor.base, Layout([length]).broadcast(to: shape), dtype),
    ]
    return try compare(
      blocks, [y, rstd], operands, scalars: [ScalarValue(1.5, .float64)], fault: fault)
  }

  @Test(arguments: [DType.float32, .float64, .bfloat16])
  func floats(_ dtype: DType) throws {
    for length in Self.lengths {
      #expect(try isSame([2, 19, length], dtype), "\(dtype)[2, 19, \(length)]")
    }
  }

  @Test func integers() throws {
    var random = SplitMix(seed: 9)
    for length in Self.lengths {
      let shape: Shape = [23, length]
      let x = LoopBuffer(.uint8, count: shape.elementCount)
      for index in 0..<shape.elementCount { x[index] = random.next() & 255 }
      let results = [DType.int16, .int64, .int32, .int8, .bool].map { LoopBuffer($0, count: 23) }
      let stretched = Layout(Self.rows(shape)).broadcast(to: shape)
      let operands =
        results.map { Operand($0.base, stretched, $0.dtype) }
        + [Operand(x.base, Layout(shape), .uint8)]
      #expect(
        try compare(counted([23], length), results, operands, scalars: []), "uint8\(shape)")
    }
  }

  /// Results of 32 MiB go past the caches.
  @Test func largeResults() throws { #expect(try isSame([8192, 1024], .float32)) }

  static let faults = [
    ("fadd ", "fsub "), ("fmul ", "fadd "), ("fcmp ogt", "fcmp olt"),
    ("%offset.next = add i64 %offset, 16", "%offset.next = add i64 %offset, 32"),
    ("%group.next = add i64 %group.start, 1024", "%group.next = add i64 %group.start, 2048"),
    ("phi i64 [2048, %group.end]", "phi i64 [2064, %group.end]"),
    ("%next = add i64 %index, 1", "%next = add i64 %index, 2"),
    ("%group.start, 512", "%group.start, 256"),
  ].map { ($0.0, $0.1) }

  @Test(
    .enabled(if: LoopKernel.Level.current == .avx512, "SKIPPED: groups of four blocks: no AVX-512"),
    arguments: faults.indices)
  func everyFaultIsCaught(_ index: Int) throws {
    let (right, wrong) = Self.faults[index]
    let isCaught = try !isSame([19, 2125], .float32) { $0.replacing(right, with: wrong) }
    #expect(isCaught, "\(right) → \(wrong)")
  }

  /// Rows that do not lie one element after another stay with the stages.
  /// Fetching has to be spread over the most work: in a stage that has little, it is all that the
  /// stage does, and the memory rests while the others compute.
  @Test func theExponentialsFetchTheNextRow() throws {
    let blocks = normalised([64], 1024, .float32)
    let letters = "rd,drdb,bb,rdb,rdbb,bb,ddbbbd"
    let text = try NativeRowsText(blocks, letters, .current).module(named: "kernel")
    let functions = text.components(separatedBy: "define ").filter {
      $0.contains("call void @llvm.prefetch")
    }
    #expect(functions.count == 1)
    #expect(functions.first?.hasPrefix("internal void @kernel.stage1(") == true)
  }

  @Test func rowsAcrossMemoryHaveNoKernel() {
    let blocks = normalised([40], 100, .float32)
    let x = LoopBuffer(.float32, count: 4000)
    let turned = Layout([100, 40]).permuted([1, 0])
    let operands = [turned, Layout([40, 1]).broadcast(to: [40, 100]), turned, turned].map {
      Operand(x.base, $0, .float32)
    }
    let run = RowBlockRun(blocks, operands, [ScalarValue(1.5, .float64)], kernels: nil)
    #expect(run.nativeForm() == nil)
  }
}
