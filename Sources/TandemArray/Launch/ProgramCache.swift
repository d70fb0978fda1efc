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

/// The compiled kernel programs, by operator and input layouts.
final class ProgramCache: Sendable {
  static let shared = ProgramCache()

  /// What a program depends on: the offset of a layout is not part of it.
  private struct Key: Hashable, Sendable {
    let op: OpIdentity
    let inputs: [Input]
  }

  private struct Input: Hashable, Sendable {
    let layout: Layout
    let dtype: DType
    let isNumber: Bool

    /// Strides seldom tell apart what lengths do not; equality looks at them.
    func hash(into hasher: inout Hasher) {
      hasher.combine(layout.shape)
      hasher.combine(dtype.rawValue &* 2 &+ (isNumber ? 1 : 0))
    }
  }

  private let programs = Mutex<[Key: LaunchProgram]>([:])

  /// The program of an operator for these inputs, lowered at the first request.
  ///
  /// - Throws: `ShapeError` of the operator's shape rule, with its name.
  @_semantics("optimize.sil.specialize.generic.never")
  func program<O: Op>(_ op: O, _ inputs: [NDArray]) throws(ShapeError) -> LaunchProgram {
    let key = ProgramCache.key(OpIdentity(op), inputs, numbers: O.acceptsNumbers)
    if let known = find(key) { return known }
    let program = try ProgramCache.lower(op, key.inputs)
    programs.withLock { programs in
      // Shapes that never repeat must not fill the memory.
      if programs.count >= Limits.programsMax { programs.removeAll() }
      programs[key] = program
    }
    return program
  }

  private func find(_ key: Key) -> LaunchProgram? { programs.withLock { $0[key] } }

  private static func key(_ op: OpIdentity, _ inputs: [NDArray], numbers: Bool) -> Key {
    Key(
      op: op,
      inputs: inputs.map { input in
        var layout = input.handle.layout
        layout.offset = 0
        return Input(
          layout: layout, dtype: input.handle.dtype, isNumber: numbers && input.number != nil)
      })
  }

  @_semantics("optimize.sil.specialize.generic.never")
  private static func lower<O: Op>(_ op: O, _ inputs: [Input]) throws(ShapeError) -> LaunchProgram {
    let types = TensorTypes(inputs.lazy.map { TensorType($0.layout.shape, $0.dtype) })
    let outputs = try op.checkedOutputTypes(for: types)
    let layouts = inputs.filter { !$0.isNumber }.map(\.layout)
    var lowering = Lowering(
      outputs: outputs.indices.map {
        (op.outputLayout(for: outputs[$0], at: $0, inputs: layouts), outputs[$0].dtype)
      },
      inputs: inputs.map { ($0.layout, $0.dtype) }, scalarInputs: inputs.map(\.isNumber))
    op.lower(types, to: &lowering)
    return LaunchProgram(lowering.program(named: O.name))
  }
}
