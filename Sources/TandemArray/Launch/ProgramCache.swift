import Synchronization
import TandemEngine

/// A kernel program with what the engine calls it.
final class LaunchProgram: Sendable {
  let kernel: KernelProgram
  let label: EngineLabel

  init(_ kernel: KernelProgram) {
    self.kernel = kernel
    self.label = EngineLabel(interning: kernel.name)
  }
}

/// The compiled kernel programs of one operator type, by attributes and input layouts.
///
/// `@unchecked Sendable`: everything behind the mutex.
final class ProgramCache<O: Op>: Sendable {
  /// What a program depends on: the offset of a layout is not part of it.
  struct Key: Hashable, Sendable {
    let op: O
    let inputs: [Input]
  }

  struct Input: Hashable, Sendable {
    let layout: Layout
    let dtype: DType
    let isNumber: Bool
  }

  private let programs = Mutex<[Key: LaunchProgram]>([:])

  /// The program for a key, lowered at the first request.
  ///
  /// - Throws: `ShapeError` of the operator's shape rule, with its name.
  @_semantics("optimize.sil.specialize.generic.never")
  func program(for key: Key) throws(ShapeError) -> LaunchProgram {
    if let known = programs.withLock({ $0[key] }) { return known }
    let program = try ProgramCache.lower(key)
    programs.withLock { programs in
      // Shapes that never repeat must not fill the memory.
      if programs.count >= Limits.programsPerOperatorMax { programs.removeAll() }
      programs[key] = program
    }
    return program
  }

  @_semantics("optimize.sil.specialize.generic.never")
  private static func lower(_ key: Key) throws(ShapeError) -> LaunchProgram {
    let types = TensorTypes(key.inputs.lazy.map { TensorType($0.layout.shape, $0.dtype) })
    let outputs = try key.op.checkedOutputTypes(for: types)
    let layouts = key.inputs.filter { !$0.isNumber }.map(\.layout)
    var lowering = Lowering(
      outputs: outputs.indices.map {
        (key.op.outputLayout(for: outputs[$0], at: $0, inputs: layouts), outputs[$0].dtype)
      },
      inputs: key.inputs.map { ($0.layout, $0.dtype) }, scalarInputs: key.inputs.map(\.isNumber))
    key.op.lower(types, to: &lowering)
    return LaunchProgram(lowering.program(named: O.name))
  }

  /// The cache of this operator type.
  @_semantics("optimize.sil.specialize.generic.never")
  static var shared: ProgramCache<O> {
    let id = ObjectIdentifier(O.self)
    return ProgramCaches.all.withLock { caches in
      if let known = caches[id] { return unsafeDowncast(known, to: ProgramCache<O>.self) }
      let fresh = ProgramCache<O>()
      caches[id] = fresh
      return fresh
    }
  }
}

/// One ``ProgramCache`` for each operator type in use (generic types hold no static properties).
enum ProgramCaches {
  static let all = Mutex<[ObjectIdentifier: any AnyObject & Sendable]>([:])
}
