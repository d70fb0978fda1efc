import CTandem
import TandemKernels
import TandemShapes
import Testing

/// Every primitive that is compiled for several instruction set levels gives the same bytes on all
/// of them. (Loop programs: ``LoopReproducibilityTests``; products, which use fused multiply-adds,
/// are held to bounds instead.) One at a time, as the level is that of the process.
@Suite(.serialized) struct LevelTests {
  @Test(arguments: ThreadCountTests.jobs)
  func bytesDoNotDependOnTheLevel(job: ThreadCountTests.Job) throws {
    try onEveryLevel { try job.run(in: .serial) }
  }

  @Test(arguments: NeuralThreadTests.cases, [DType.float32, .float64])
  func bytesDoNotDependOnTheLevel(item: NeuralThreadTests.Case, dtype: DType) throws {
    try onEveryLevel { try item.run(dtype, in: .serial) }
  }

  private func onEveryLevel(_ run: () throws -> [[UInt8]]) throws {
    defer { tandem_force_level(-1) }
    tandem_force_level(LoopKernel.Level.baseline.rawValue)
    let expected = try run()
    for level in LoopKernel.Level.allCases where level != .baseline {
      guard level.isAvailable else {
        print("skipped: this machine lacks \(level)")
        continue
      }
      tandem_force_level(level.rawValue)
      #expect(try run() == expected, "\(level)")
    }
  }
}
