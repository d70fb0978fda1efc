import CTandem
import Glibc
import TandemShapes
import TestSupport
import Testing

@testable import TandemKernels

/// A child made by fork must not wait for locks that its parent may have held.
@Suite struct NativeRowsForkTests {
  private static func rows() -> RowBlocks {
    let builder = LoopBuilder()
    builder.output(builder.input(.float32) * 2, as: .float32)
    let stage = RowBlocks.Stage(
      builder.build(), shape: [16], reducedAxes: 0,
      references: [.operand(0), .operand(1)], scalars: [])
    return RowBlocks(rows: [4], stages: [stage], scratch: [], resultCount: 1)
  }

  @Test func childrenLookForNoKernels() async {
    await #expect(processExitsWith: .success) {
      typealias Fork = @convention(c) () -> pid_t
      tandem_watch_fork {}
      let rows = NativeRowsForkTests.rows()
      let kernels = NativeRowKernels(rows)
      NativeRowKernels.use(kernels)
      #expect((NativeRowKernels.of(rows) != nil) == !NativeCompiler.isOff)
      let fork = unsafeBitCast(dlsym(nil, "fork")!, to: Fork.self)
      // The locks are held as the process forks: a child that waits for them hangs until a signal
      // ends it.
      var status: Int32 = -1
      kernels.whileLocked {
        let child = fork()
        if child == 0 {
          endProcess(afterSeconds: 30)
          var isLookingAway = NativeRowKernels.of(rows) == nil
          if case .soon = kernels.kernel("d") {} else { isLookingAway = false }
          _exit(isLookingAway ? 0 : 1)
        }
        waitpid(child, &status, 0)
      }
      #expect(status == 0)
    }
  }
}
