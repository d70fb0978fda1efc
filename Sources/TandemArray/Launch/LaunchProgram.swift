import TandemEngine
import TandemThreads

/// A kernel program with what the engine calls it, what it was made for, and the gradient rules
/// that recording its runs needs.
final class LaunchProgram: Sendable {
  let kernel: KernelProgram
  let label: EngineLabel
  /// The hash of `op` and `inputs`.
  let hash: UInt64
  let op: OpBox
  let inputs: [Input]
  private let rules = Guarded<[(wanted: UInt64, rule: GradientRule)]>([])

  /// What a program depends on of one input: the offset of a layout is not part of it.
  struct Input: Sendable {
    let layout: Layout
    let dtype: DType
    let isNumber: Bool
  }

  init(_ kernel: KernelProgram, hash: UInt64, op: OpBox, inputs: [Input]) {
    self.kernel = kernel
    self.label = EngineLabel(interning: kernel.name)
    (self.hash, self.op, self.inputs) = (hash, op, inputs)
  }

  /// Whether the arrays lie and are made as the program expects.
  func takes(_ arrays: [NDArray], numbers: Bool) -> Bool {
    guard arrays.count == inputs.count else { return false }
    for index in arrays.indices {
      let handle = arrays[index].handle
      guard handle.dtype == inputs[index].dtype,
        handle.layout.hasSteps(of: inputs[index].layout),
        (numbers && handle.holdsNumber) == inputs[index].isNumber
      else { return false }
    }
    return true
  }

  /// The gradient rule for the wanted inputs, if it has been asked for.
  ///
  /// - Parameter wanted: bit `i` stands for input `i`.
  func rule(wanted: UInt64) -> GradientRule? {
    rules.withLock { rules in
      for known in rules where known.wanted == wanted { return known.rule }
      return nil
    }
  }

  /// Remembers a gradient rule.
  func remember(_ rule: GradientRule, wanted: UInt64) {
    rules.withLock { $0.append((wanted, rule)) }
  }
}

/// An operator of any type, for comparison with one of the same type.
class OpBox: @unchecked Sendable {
  // Sendable: an operator is a Sendable value, and this class has no other state.

  fileprivate let type: ObjectIdentifier

  fileprivate init(_ type: ObjectIdentifier) { self.type = type }

  /// Whether the operator of this type at an address equals this one.
  fileprivate func equals(_ address: UnsafeRawPointer) -> Bool { true }

  /// Whether an operator is this one.
  @_semantics("optimize.sil.specialize.generic.never")
  final func holds<O: Op>(_ op: O) -> Bool {
    guard type == ObjectIdentifier(O.self) else { return false }
    return MemoryLayout<O>.size == 0 || withUnsafePointer(to: op) { equals(UnsafeRawPointer($0)) }
  }

  @_semantics("optimize.sil.specialize.generic.never")
  static func make<O: Op>(_ op: O) -> OpBox { TypedOpBox(op) }
}

private final class TypedOpBox<O: Op>: OpBox, @unchecked Sendable {
  // Sendable: as its superclass.

  private let op: O

  init(_ op: O) {
    self.op = op
    super.init(ObjectIdentifier(O.self))
  }

  override func equals(_ address: UnsafeRawPointer) -> Bool {
    address.assumingMemoryBound(to: O.self).pointee == op
  }
}

extension ArrayHandle {
  /// Whether the array is a number that has no storage.
  var holdsNumber: Bool {
    switch content {
    case .number, .literal: true
    case .storage, .symbol: false
    }
  }
}
