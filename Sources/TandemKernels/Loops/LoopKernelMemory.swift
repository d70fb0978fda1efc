import CTandem
import TandemShapes

/// The C form of a program: everything that the tile interpreter reads, and which tile each value
/// takes.
final class LoopKernelMemory {
  let program: UnsafeMutablePointer<TandemLoopProgram>
  private let inputs: UnsafeMutableBufferPointer<TandemLoopInput>
  private let scalars: UnsafeMutableBufferPointer<TandemLoopScalar>
  private let constants: UnsafeMutableBufferPointer<TandemLoopConstant>
  private let steps: UnsafeMutableBufferPointer<TandemLoopStep>
  private let outputs: UnsafeMutableBufferPointer<TandemLoopOutput>
  private let slots: UnsafeMutableBufferPointer<Int32>

  init(_ contents: LoopProgram.Contents, _ table: UnsafePointer<TandemLoopTable>) {
    let plan = contents.steps(table)
    let allocation = contents.allocateTiles(plan)
    let (overInputs, overNumbers) = (
      contents.isDirect(plan, overInputsOnly: true), contents.isDirect(plan, overInputsOnly: false)
    )
    inputs = .of(contents.inputs.indices.map { contents.input($0, plan, table) })
    scalars = .of(contents.scalars.map { TandemLoopScalar(dtype: $0.rawValue) })
    constants = .of(
      contents.constants.map {
        TandemLoopConstant(bits: $0.bits, bytes: Int32($0.computeClass.byteCount))
      })
    steps = .of(plan.map(\.inC))
    outputs = .of(contents.outputs.indices.map { contents.output($0, plan, table) })
    slots = .of(allocation.slots.map(Int32.init))
    program = .allocate(capacity: 1)
    program.initialize(
      to: TandemLoopProgram(
        inputCount: Int32(inputs.count), scalarCount: Int32(scalars.count),
        constantCount: Int32(constants.count), stepCount: Int32(steps.count),
        outputCount: Int32(outputs.count), valueCount: Int32(contents.valueCount),
        slotCount: Int32(allocation.count), isDirect: overInputs,
        isPlain: !overInputs && overNumbers,
        hasReduction: contents.outputs.contains { $0.reduction != nil },
        tileBytes: Int32(contents.widestBytes),
        inputs: inputs.baseAddress, scalars: scalars.baseAddress,
        constants: constants.baseAddress, steps: steps.baseAddress,
        outputs: outputs.baseAddress, slots: slots.baseAddress, native: nil))
  }

  deinit {
    program.deallocate()
    inputs.deallocate()
    scalars.deallocate()
    constants.deallocate()
    steps.deallocate()
    outputs.deallocate()
    slots.deallocate()
  }
}

extension UnsafeMutableBufferPointer {
  fileprivate static func of(_ elements: [Element]) -> Self {
    let buffer = Self.allocate(capacity: elements.count)
    _ = buffer.initialize(from: elements)
    return buffer
  }
}

/// Entry `index` of a C table, which Swift sees as a tuple.
func tableEntry<Table, Entry>(_ table: Table, _ index: Int, as type: Entry.Type) -> Entry {
  withUnsafeBytes(of: table) {
    $0.load(fromByteOffset: index * MemoryLayout<Entry>.stride, as: Entry.self)
  }
}

extension UnsafePointer<TandemLoopTable> {
  /// The function of an instruction, or `nil` if its opcode does not exist in its class.
  func function(of instruction: LoopProgram.Instruction) -> TandemTileOp? {
    let from = Int(instruction.operandClass.rawValue)
    let classes = ComputeClass.allCases.count
    switch instruction.opcode {
    case .round:
      return tableEntry(pointee.round, Int(instruction.dtype!.rawValue), as: TandemTileOp?.self)
    case .cast:
      let to = Int(instruction.resultClass.rawValue)
      return tableEntry(pointee.cast, from * classes + to, as: TandemTileOp?.self)
    default:
      let opcode = Int(instruction.opcode.rawValue)
      return tableEntry(pointee.op, opcode * classes + from, as: TandemTileOp?.self)
    }
  }

  /// The reducer of a class; its `block` is null if there is none.
  func reducer(_ reduction: Reduction, _ values: ComputeClass) -> TandemReducer {
    let index = Int(reduction.rawValue) * ComputeClass.allCases.count + Int(values.rawValue)
    return tableEntry(pointee.reduce, index, as: TandemReducer.self)
  }
}

extension LoopProgram.Contents {
  /// The bytes of an element of the widest value.
  fileprivate var widestBytes: Int {
    (0..<valueCount).map { computeClass(of: $0).byteCount }.max() ?? 4
  }

  /// The last step that reads each value, -1 if none does.
  private func lastUses(_ steps: [LoopStep]) -> [Int] {
    var result = Array(repeating: -1, count: valueCount)
    for (index, step) in steps.enumerated() {
      for operand in step.operands { result[operand] = index }
    }
    return result
  }

  /// Gives each value a tile; results take over tiles whose values are no longer read, but never
  /// one of an operand of another width.
  fileprivate func allocateTiles(_ steps: [LoopStep]) -> (slots: [Int], count: Int) {
    let lastUses = lastUses(steps)
    var slots = Array(0..<firstResult) + Array(repeating: 0, count: instructions.count)
    var count = firstResult
    var free: [Int] = []
    let kept = Set(outputs.map(\.value))
    for (index, step) in steps.enumerated() {
      let classes = (step.operands + [step.result]).map { computeClass(of: $0) }
      let isOneWidth = Set(classes.map(\.byteCount)).count == 1
      let released = Set(step.operands).filter {
        $0 >= firstResult && lastUses[$0] == index && !kept.contains($0)
      }.sorted().map { slots[$0] }
      if isOneWidth { free += released }
      if let slot = free.popLast() {
        slots[step.result] = slot
      } else {
        slots[step.result] = count
        count += 1
      }
      if !isOneWidth { free += released }
    }
    return (slots, count)
  }

  /// Whether one step leads from inputs, or from inputs and numbers, to the output, all stored as
  /// they are computed.
  fileprivate func isDirect(_ steps: [LoopStep], overInputsOnly: Bool) -> Bool {
    guard steps.count == 1, outputs.count == 1, let step = steps.first else { return false }
    return outputs[0].reduction == nil && outputs[0].value == step.result
      && outputs[0].dtype == computeClass(of: step.result).dtype
      && step.operands.contains { $0 < inputs.count }
      && step.operands.allSatisfy { operand in
        operand < inputs.count ? inputs[operand].isComputedAsStored : !overInputsOnly
      }
  }

  fileprivate func input(
    _ index: Int, _ steps: [LoopStep], _ table: UnsafePointer<TandemLoopTable>
  ) -> TandemLoopInput {
    let dtype = inputs[index]
    let lastUse = steps.lastIndex { $0.operands.contains(index) } ?? -1
    let isStored = outputs.contains { $0.value == index }
    return TandemLoopInput(
      load: tableEntry(table.pointee.load, Int(dtype.rawValue), as: TandemTileLoad?.self),
      bytes: Int64(dtype.byteCount), tileBytes: Int64(dtype.computeClass.byteCount),
      lastUse: Int32(isStored ? steps.count : lastUse),
      isNative: dtype.isComputedAsStored)
  }

  fileprivate func output(
    _ index: Int, _ steps: [LoopStep], _ table: UnsafePointer<TandemLoopTable>
  ) -> TandemLoopOutput {
    let output = outputs[index]
    let values = computeClass(of: output.value)
    let isFirst = outputs.firstIndex { $0.value == output.value } == index
    var result = TandemLoopOutput()
    result.store = tableEntry(
      table.pointee.store, Int(output.dtype.rawValue), as: TandemTileStore?.self)
    result.bytes = Int64(output.dtype.byteCount)
    result.tileBytes = Int64(output.dtype.computeClass.byteCount)
    result.valueBytes = Int64(values.byteCount)
    result.value = Int32(output.value)
    result.producer = Int32(steps.firstIndex { $0.result == output.value } ?? -1)
    result.mayBeDirect =
      output.reduction == nil && output.value >= firstResult && isFirst
      && output.dtype == values.dtype
    if let reduction = output.reduction {
      result.reducer = table.reducer(reduction, values)
      result.emptyIsOne = reduction == .product || reduction == .all
      let (from, to) = (reduction.resultClass(of: values), output.dtype.computeClass)
      if from != to {
        let classes = ComputeClass.allCases.count
        result.narrow = tableEntry(
          table.pointee.cast, Int(from.rawValue) * classes + Int(to.rawValue),
          as: TandemTileOp?.self)
      }
    }
    return result
  }
}

extension LoopStep {
  /// The step as the interpreter reads it: operands that do not exist repeat the first.
  fileprivate var inC: TandemLoopStep {
    TandemLoopStep(
      run: function, d: Int32(result), a: Int32(operands[0]),
      b: Int32(operands[operands.count > 1 ? 1 : 0]),
      c: Int32(operands[operands.count > 2 ? 2 : 0]))
  }
}

extension DType {
  /// Whether memory holds elements in the form that they are computed in.
  var isComputedAsStored: Bool { computeClass.dtype == self }
}
