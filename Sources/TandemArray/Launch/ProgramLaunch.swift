import TandemEngine
import TandemThreads

/// A queued kernel program: what the engine runs for one operator.
struct ProgramLaunch: OperationPayload {
  static let operationName: EngineLabel = "operator"
  private let call: Call

  var operationName: EngineLabel { call.program.label }

  /// Everything that a call needs, in one object so that the payload stays one word.
  private final class Call: Sendable {
    let program: LaunchProgram
    let arrays: [Array]
    let numbers: [ScalarValue]

    init(_ program: LaunchProgram, _ arrays: [Array], _ numbers: [ScalarValue]) {
      (self.program, self.arrays, self.numbers) = (program, arrays, numbers)
    }
  }

  /// A storage and where in it the array starts; `nil` stands for a number.
  struct Array: Sendable {
    let storage: Storage?
    let byteOffset: Int
  }

  /// - Parameters:
  ///   - arrays: the outputs, then the inputs, as ``KernelProgram/run(bases:scalars:in:)`` takes
  ///     them.
  ///   - numbers: the inputs that are numbers, in order.
  init(_ program: LaunchProgram, arrays: [Array], numbers: [ScalarValue]) {
    call = Call(program, arrays, numbers)
  }

  var declaredWork: OperationWork {
    let kernel = call.program.kernel
    return OperationWork(
      bytes: kernel.movedBytes, floatingPointOperations: kernel.floatingPointOperations)
  }

  func run(_ context: borrowing OperationContext) throws(OperationFailure) {
    let bases = call.arrays.map { array in
      array.storage.map { $0.materialized() + array.byteOffset } ?? ProgramLaunch.nowhere
    }
    do throws(KernelFailure) {
      try call.program.kernel.run(bases: bases, scalars: call.numbers, in: context.parallel)
    } catch {
      throw OperationFailure("\(error.message): \(call.program.kernel.inputTypes)")
    }
  }

  private static var nowhere: UnsafeMutableRawPointer {
    // Never dereferenced: numbers are not among a primitive's operands.
    UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
  }
}
