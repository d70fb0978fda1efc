import CTandem
import TandemShapes
import TandemThreads

/// A compiled loop program: function pointers of one instruction set level and a tile for each
/// value. Made once for each program; reach it by ``LoopProgram/kernel``.
///
/// `@unchecked Sendable`: everything that the pointers lead to is written in `init` and freed in
/// `deinit`, and only read in between; what a run writes lies in memory that the run owns.
public final class LoopKernel: @unchecked Sendable {
  /// An instruction set level. All give the same bits.
  public enum Level: Int32, CaseIterable, Sendable {
    case baseline, avx2, avx512

    /// The level of this process: the machine's highest, or what `TANDEM_ISA` lowers it to.
    public static let current = Level(
      rawValue: min(tandem_process_level(), Level.avx512.rawValue))!

    /// Whether this machine has it.
    public var isAvailable: Bool { tandem_level_is_here(rawValue) }
  }

  /// The level that the kernel is compiled for.
  public let level: Level
  let contents: LoopProgram.Contents
  let program: UnsafeMutablePointer<TandemLoopProgram>
  private let memory: LoopKernelMemory
  /// The second tier: machine code of its own, once it is asked for.
  package let native: NativeKernels
  private let direct: TandemTileOp?
  private let directOperands: (Int, Int, Int)

  /// Compiles for a level; ``LoopProgram/kernel`` has the current one, tests force others, and
  /// plant faults in the text of native kernels.
  package init(
    _ contents: LoopProgram.Contents, level: Level,
    nativeFault: (@Sendable (String) -> String)? = nil
  ) {
    self.level = level
    self.contents = contents
    memory = LoopKernelMemory(contents, tandem_loop_table(level.rawValue)!)
    program = memory.program
    native = NativeKernels(contents, level: level, program: program, fault: nativeFault)
    if program.pointee.isDirect {
      let step = program.pointee.steps[0]
      direct = step.run
      directOperands = (Int(step.a) + 1, Int(step.b) + 1, Int(step.c) + 1)
    } else {
      direct = nil
      directOperands = (0, 0, 0)
    }
  }

  /// Computes elementwise outputs from inputs that all have one shape and one dense memory order.
  ///
  /// The hot path: a single instruction over operands stored in its own class is one call.
  ///
  /// - Parameters:
  ///   - count: the number of elements of each operand.
  ///   - pointers: where the elements lie, outputs first, then inputs. An output may be an input.
  ///   - scalars: as many as the program declares.
  ///   - context: the threads to use.
  @inlinable
  public func runContiguous(
    count: Int, pointers: UnsafePointer<UnsafeMutableRawPointer>,
    scalars: UnsafePointer<ScalarValue>, in context: ParallelContext
  ) {
    if count > LoopKernel.inlineCount || !runDirect(count: count, pointers: pointers) {
      runTiles(count: count, pointers: pointers, scalars: scalars, in: context)
    }
  }

  /// Elements up to which work runs on the calling thread, in one piece.
  public static let inlineCount = 2 * Int(TANDEM_CHUNK)

  @usableFromInline
  func runDirect(count: Int, pointers: UnsafePointer<UnsafeMutableRawPointer>) -> Bool {
    guard let direct else { return false }
    let (a, b, c) = directOperands
    direct(pointers[0], pointers[a], pointers[b], pointers[c], Int64(count))
    return true
  }

  @usableFromInline
  func runTiles(
    count: Int, pointers: UnsafePointer<UnsafeMutableRawPointer>,
    scalars: UnsafePointer<ScalarValue>, in context: ParallelContext
  ) {
    let bases = UnsafeRawPointer(pointers)
      .assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
    let numbers = UnsafeRawPointer(scalars).assumingMemoryBound(to: TandemScalar.self)
    if tandem_loop_run_dense(program, numbers, Int64(count), bases) { return }
    withUnsafeTemporaryAllocation(of: TandemLoopPlan.self, capacity: 1) { plan in
      let plan = plan.baseAddress!
      tandem_loop_plan_dense(plan, program, numbers, Int64(count), bases)
      tandem_native_attach(plan, 1, .max)
      context.parallelFor(Int(plan.pointee.chunkCount)) { tandem_loop_chunk(plan, Int64($0)) }
    }
  }

  /// Computes the outputs from the inputs, of any rank up to eight and any strides.
  ///
  /// - Parameters:
  ///   - operands: outputs first, then inputs. Inputs and elementwise outputs have the iteration
  ///     shape (a broadcast input has stride zero); reducing outputs have length one on each
  ///     reduced axis. An output may be exactly an input (same base, layout and dtype), not
  ///     overlap one.
  ///   - scalars: as many as the program declares.
  ///   - reducedAxes: bit `i` is set if axis `i` is reduced.
  ///   - context: the threads to use.
  public func run(
    _ operands: [Operand], scalars: [ScalarValue], reducedAxes: UInt32 = 0,
    in context: ParallelContext
  ) {
    let outputs = contents.outputs
    let shaped = operands.indices.first { $0 >= outputs.count || outputs[$0].reduction == nil }
    let shape = operands[shaped ?? 0].shape
    let rank = shape.rank
    withUnsafeTemporaryAllocation(of: Int64.self, capacity: rank * (operands.count + 1) + 1) {
      let lengths = $0.baseAddress!
      let strides = lengths + rank
      for axis in 0..<rank { lengths[axis] = Int64(shape[axis]) }
      for (index, operand) in operands.enumerated() {
        let isReduced = index < outputs.count && outputs[index].reduction != nil
        for axis in 0..<rank {
          let repeats = isReduced && reducedAxes >> axis & 1 == 1
          strides[index * rank + axis] =
            repeats ? 0 : Int64(operand.layout.stride(axis) * operand.dtype.byteCount)
        }
      }
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: operands.count) {
        for (index, operand) in operands.enumerated() {
          $0.initializeElement(at: index, to: operand.start)
        }
        let bases = $0.baseAddress!
        scalars.withUnsafeBytes {
          let numbers = $0.assumingMemoryBound(to: TandemScalar.self).baseAddress
          run(numbers, Int32(rank), lengths, reducedAxes, bases, strides, context)
        }
      }
    }
  }

  private func run(
    _ scalars: UnsafePointer<TandemScalar>?, _ rank: Int32, _ lengths: UnsafePointer<Int64>,
    _ reducedAxes: UInt32, _ bases: UnsafePointer<UnsafeMutableRawPointer?>,
    _ strides: UnsafePointer<Int64>, _ context: ParallelContext
  ) {
    if tandem_loop_run_small(program, scalars, rank, lengths, reducedAxes, bases, strides) {
      return
    }
    withUnsafeTemporaryAllocation(of: TandemLoopPlan.self, capacity: 1) { plan in
      let plan = plan.baseAddress!
      tandem_loop_plan(plan, program, scalars, rank, lengths, reducedAxes, bases, strides)
      tandem_native_attach(plan, 1, .max)
      let bytes = Int(plan.pointee.partialBytes)
      let partials = bytes > 0 ? BufferPool.shared.allocate(byteCount: bytes) : nil
      plan.pointee.partials = partials?.assumingMemoryBound(to: CChar.self)
      context.parallelFor(Int(plan.pointee.chunkCount)) { tandem_loop_chunk(plan, Int64($0)) }
      tandem_loop_finish(plan)
      if let partials { BufferPool.shared.deallocate(partials, byteCount: bytes) }
    }
  }
}
