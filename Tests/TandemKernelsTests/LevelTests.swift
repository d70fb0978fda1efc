import CTandem
import KernelOracle
import TandemKernels
import TandemShapes
import Testing

/// Every primitive that is compiled for several instruction set levels gives the same bytes on all
/// of them. (Loop programs: ``LoopReproducibilityTests``; products, which use fused multiply-adds:
/// ``ProductLevelTests``.)
@Suite struct LevelTests {
  @Test(arguments: ThreadCountTests.jobs)
  func bytesDoNotDependOnTheLevel(job: ThreadCountTests.Job) throws {
    try onEveryLevel { try job.run(in: .serial) }
  }

  @Test(
    arguments: NeuralThreadTests.cases.filter { !$0.hasProducts }, [DType.float32, .float64])
  func bytesDoNotDependOnTheLevel(item: NeuralThreadTests.Case, dtype: DType) throws {
    try onEveryLevel { try item.run(dtype, in: .serial) }
  }

  /// The C beneath everything: loop kernels with every cast, load and store, sorts, scans, products
  /// and convolutions of whole numbers, pooling, random numbers, neural kernels. `Scripts/cross`
  /// holds arm64 to the same digest.
  @Test func levelsGiveOneDigest() {
    let digest = kernel_digest(0)
    for (level, name) in [(Int32(1), "avx2"), (2, "avx512"), (3, "avx512bf16")] {
      if tandem_level_is_here(level) {
        #expect(kernel_digest(level) == digest, "\(name)")
      } else {
        print("skipped: this machine lacks \(name)")
      }
    }
  }

  private func onEveryLevel(_ run: () throws -> [[UInt8]]) throws {
    let expected = try withLevel(LoopKernel.Level.baseline.rawValue, run)
    for level in LoopKernel.Level.allCases where level != .baseline {
      guard level.isAvailable else {
        print("skipped: this machine lacks \(level)")
        continue
      }
      #expect(try withLevel(level.rawValue, run) == expected, "\(level)")
    }
  }
}

/// What `body` gives with a level forced on this thread.
func withLevel<T>(_ level: Int32, _ body: () throws -> T) rethrows -> T {
  tandem_force_level(level)
  defer { tandem_force_level(-1) }
  return try body()
}

extension NeuralThreadTests.Case {
  /// Whether matrix products are part of it, whose bits belong to their level.
  var hasProducts: Bool { primitive is Attention || primitive is AttentionGradient }
}
