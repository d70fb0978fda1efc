import TandemEngine
import TandemThreads

/// A queued kernel program: what the engine runs for one operator. Up to five operands travel in
/// the engine's node, so that a launch takes no memory of its own.
///
/// The references are counted by hand: made by ``init(_:count:numbers:_:)``, which only one push
/// follows, given back by ``_destroy(at:)``, which the engine calls once. Copies in between, of
/// which the compiler makes several, count nothing.
struct ProgramLaunch: OperationPayload {
  static let operationName: EngineLabel = "operator"
  private static let inlineMax = 5

  private let program: Unmanaged<LaunchProgram>
  private let count: Int
  private let inline: InlineArray<5, Operand>
  /// What does not fit above.
  private let more: Unmanaged<More>?

  /// A storage and where in it the array starts; `nil` stands for a number.
  struct Operand: Sendable {
    let storage: Unmanaged<Storage>?
    let byteOffset: Int

    static let none = Operand(storage: nil, byteOffset: 0)

    /// Keeps the storage.
    init(_ storage: Storage, byteOffset: Int) {
      self.storage = .passRetained(storage)
      self.byteOffset = byteOffset
    }

    /// Of the device on which the storage lies.
    fileprivate var engine: Engine? { storage?._withUnsafeGuaranteedRef { $0.device.engine } }

    private init(storage: Unmanaged<Storage>?, byteOffset: Int) {
      (self.storage, self.byteOffset) = (storage, byteOffset)
    }
  }

  /// The operands when there are many, and the inputs that are numbers.
  private final class More: Sendable {
    let operands: [Operand]
    let numbers: [ScalarValue]

    init(_ operands: [Operand], _ numbers: [ScalarValue]) {
      (self.operands, self.numbers) = (operands, numbers)
    }
  }

  /// - Parameters:
  ///   - operand: the outputs, then the inputs, as ``KernelProgram/run(bases:scalars:in:)`` takes
  ///     them.
  ///   - numbers: the inputs that are numbers, in order.
  init(
    _ program: LaunchProgram, count: Int, numbers: [ScalarValue], _ operand: (Int) -> Operand
  ) {
    self.program = .passRetained(program)
    self.count = count
    let isLong = count > ProgramLaunch.inlineMax
    inline = InlineArray { isLong || $0 >= count ? Operand.none : operand($0) }
    more =
      isLong || !numbers.isEmpty
      ? .passRetained(More(isLong ? (0..<count).map(operand) : [], numbers)) : nil
  }

  static func _destroy(at address: UnsafeMutableRawPointer) {
    let launch = address.assumingMemoryBound(to: ProgramLaunch.self)
    for index in 0..<launch.pointee.count { launch.pointee.operand(index).storage?.release() }
    launch.pointee.more?.release()
    launch.pointee.program.release()
  }

  @inline(__always)
  private func operand(_ index: Int) -> Operand {
    if count <= ProgramLaunch.inlineMax { return inline[index] }
    return more.unsafelyUnwrapped._withUnsafeGuaranteedRef { $0.operands[index] }
  }

  var operationName: EngineLabel { program._withUnsafeGuaranteedRef { $0.label } }

  var declaredWork: OperationWork {
    program._withUnsafeGuaranteedRef {
      OperationWork(
        bytes: $0.kernel.movedBytes, floatingPointOperations: $0.kernel.floatingPointOperations)
    }
  }

  func run(_ context: borrowing OperationContext) throws(OperationFailure) {
    let parallel = context.parallel
    // The completion of an asynchronous operation may come before it is started in full.
    let completion = context.completion
    let engine = completion.isEmpty ? nil : operand(0).engine
    let numbers = more?._withUnsafeGuaranteedRef { $0.numbers } ?? []
    let kernel = program._withUnsafeGuaranteedRef { $0.kernel }
    let failure: KernelFailure? = withUnsafeTemporaryAllocation(
      of: UnsafeMutableRawPointer.self, capacity: count
    ) { bases in
      for index in 0..<count {
        let operand = operand(index)
        let base = operand.storage?._withUnsafeGuaranteedRef { $0.materialized() }
        bases.initializeElement(
          at: index, to: base.map { $0 + operand.byteOffset } ?? ProgramLaunch.nowhere)
      }
      do throws(KernelFailure) {
        let bases = UnsafeBufferPointer(bases)
        if let engine {
          try kernel.start(
            bases: bases, scalars: numbers, in: parallel,
            done: engine.end(of: completion, running: kernel))
        } else {
          try kernel.run(bases: bases, scalars: numbers, in: parallel)
        }
        return nil
      } catch { return error }
    }
    if let failure { throw failure.described(kernel) }
  }

  private static var nowhere: UnsafeMutableRawPointer {
    // Never dereferenced: numbers are not among a primitive's operands.
    UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
  }
}
