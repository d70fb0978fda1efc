import TandemEngine
import TandemThreads

/// A queued elementwise operator whose operands all lie densely in one memory order: the hot case,
/// carried in the engine's node without any allocation of its own.
struct ElementwiseLaunch: OperationPayload {
  static let operationName: EngineLabel = "elementwise"

  let kernel: LoopKernel
  let operationName: EngineLabel
  let count: Int
  let output: Storage
  let outputOffset: Int
  let first: Storage?
  let firstOffset: Int
  let second: Storage?
  let secondOffset: Int
  let number: ScalarValue

  func run(_ context: borrowing OperationContext) throws(OperationFailure) {
    var pointers = (
      output.materialized() + outputOffset, output.materialized(), output.materialized()
    )
    if let first {
      pointers.1 = first.materialized() + firstOffset
      if let second { pointers.2 = second.materialized() + secondOffset }
    } else if let second {
      pointers.1 = second.materialized() + secondOffset
    }
    let parallel = context.parallel
    withUnsafePointer(to: &pointers) { pointers in
      pointers.withMemoryRebound(to: UnsafeMutableRawPointer.self, capacity: 3) { pointers in
        withUnsafePointer(to: number) { number in
          kernel.runContiguous(count: count, pointers: pointers, scalars: number, in: parallel)
        }
      }
    }
  }
}
