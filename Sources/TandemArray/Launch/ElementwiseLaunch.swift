import TandemEngine
import TandemThreads

/// A queued elementwise operator whose operands all lie densely in one memory order: the hot case,
/// carried in the engine's node without any allocation of its own.
struct ElementwiseLaunch: OperationPayload {
  static let operationName: EngineLabel = "elementwise"

  /// Kept for good by the table.
  let entry: Unmanaged<ElementwiseTable.Entry>
  let count: Int
  let output: Storage
  let outputOffset: Int
  let first: Storage?
  let firstOffset: Int
  let second: Storage?
  let secondOffset: Int
  let number: ScalarValue

  var operationName: EngineLabel { entry._withUnsafeGuaranteedRef { $0.label } }

  var declaredWork: OperationWork {
    let elements = entry._withUnsafeGuaranteedRef { $0.dtype.byteCount }
    return OperationWork(
      bytes: count * elements * (1 + (first == nil ? 0 : 1) + (second == nil ? 0 : 1)),
      floatingPointOperations: count)
  }

  func run(_ context: borrowing OperationContext) throws(OperationFailure) {
    let target = output.materialized()
    var pointers = (target + outputOffset, target, target)
    if let first {
      pointers.1 = first.materialized() + firstOffset
      if let second { pointers.2 = second.materialized() + secondOffset }
    } else if let second {
      pointers.1 = second.materialized() + secondOffset
    }
    var number = number
    let parallel = context.parallel
    entry._withUnsafeGuaranteedRef { $0.run(count, &pointers, &number, in: parallel) }
  }
}
