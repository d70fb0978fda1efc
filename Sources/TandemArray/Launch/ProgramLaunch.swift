import TandemEngine
import TandemThreads

/// A queued kernel program: what the engine runs for one operator. Up to five operands travel in
/// the engine's node, so that a launch takes no memory of its own.
struct ProgramLaunch: OperationPayload {
  static let operationName: EngineLabel = "operator"

  private let program: LaunchProgram
  private let count: Int
  private let inline: InlineArray<5, Operand>
  private let many: [Operand]?
  private let numbers: [ScalarValue]

  /// A storage and where in it the array starts; `nil` stands for a number.
  struct Operand: Sendable {
    let storage: Storage?
    let byteOffset: Int

    static let none = Operand(storage: nil, byteOffset: 0)
  }

  /// - Parameters:
  ///   - operand: the outputs, then the inputs, as ``KernelProgram/run(bases:scalars:in:)`` takes
  ///     them.
  ///   - numbers: the inputs that are numbers, in order.
  init(
    _ program: LaunchProgram, count: Int, numbers: [ScalarValue], _ operand: (Int) -> Operand
  ) {
    (self.program, self.count, self.numbers) = (program, count, numbers)
    if count <= 5 {
      inline = InlineArray { $0 < count ? operand($0) : Operand.none }
      many = nil
    } else {
      inline = InlineArray(repeating: Operand.none)
      many = (0..<count).map(operand)
    }
  }

  var operationName: EngineLabel { program.label }

  var declaredWork: OperationWork {
    OperationWork(
      bytes: program.kernel.movedBytes,
      floatingPointOperations: program.kernel.floatingPointOperations)
  }

  func run(_ context: borrowing OperationContext) throws(OperationFailure) {
    let parallel = context.parallel
    let failure: KernelFailure? = withUnsafeTemporaryAllocation(
      of: UnsafeMutableRawPointer.self, capacity: count
    ) { bases in
      for index in 0..<count {
        let operand = many.map { $0[index] } ?? inline[index]
        bases.initializeElement(
          at: index,
          to: operand.storage.map { $0.materialized() + operand.byteOffset }
            ?? ProgramLaunch.nowhere)
      }
      do throws(KernelFailure) {
        try program.kernel.run(bases: UnsafeBufferPointer(bases), scalars: numbers, in: parallel)
        return nil
      } catch { return error }
    }
    if let failure {
      throw OperationFailure("\(failure.message): \(program.kernel.inputTypes)")
    }
  }

  private static var nowhere: UnsafeMutableRawPointer {
    // Never dereferenced: numbers are not among a primitive's operands.
    UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
  }
}
