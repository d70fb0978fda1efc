import CTandem
import TandemShapes

/// Writes loop programs as formulas.
///
/// ```swift
/// let b = LoopBuilder()
/// let x = b.input(.float32)
/// let s = b.scalar(.float32)
/// b.output((x + s).tanh(), as: .float32)
/// let program = b.build()
/// ```
///
/// Equal subexpressions become one instruction, instructions that no output needs disappear;
/// neither changes a bit. A builder is used by one thread.
public final class LoopBuilder {
  /// What a value is, by the numbers of other values.
  enum Node: Hashable {
    case input(Int)
    case scalar(Int)
    case constant(LoopProgram.Constant)
    case result(LoopOpcode, ComputeClass, DType?, [Int])
  }

  private(set) var nodes: [Node] = []
  private var classes: [ComputeClass] = []
  private var known: [Node: Int] = [:]
  private var inputs: [DType] = []
  private var scalars: [DType] = []
  private var outputs: [LoopProgram.Output] = []

  /// A builder of an empty program.
  public init() {}

  /// An operand of the program, read in the iteration shape.
  public func input(_ dtype: DType) -> LoopValue {
    inputs.append(dtype)
    return value(.input(inputs.count - 1), dtype.computeClass)
  }

  /// A number known only at the call, rounded to `dtype` there.
  public func scalar(_ dtype: DType) -> LoopValue {
    scalars.append(dtype)
    return value(.scalar(scalars.count - 1), dtype.computeClass)
  }

  /// A number of the formula, rounded to the class.
  public func constant(_ number: Double, _ computeClass: ComputeClass) -> LoopValue {
    constant(ScalarValue(number, computeClass.dtype))
  }

  /// A number of the formula, rounded to the class of its dtype.
  public func constant(_ number: ScalarValue) -> LoopValue {
    let computeClass = number.dtype.computeClass
    let bits: UInt64 =
      switch computeClass {
      case .float32: UInt64(Float(number.double).bitPattern)
      case .float64: number.double.bitPattern
      case .int32: UInt64(UInt32(truncatingIfNeeded: number.int))
      case .int64, .uint64: number.bits
      }
    let constant = LoopProgram.Constant(computeClass: computeClass, bits: bits)
    return value(.constant(constant), computeClass)
  }

  /// Adds an output: `value` stored as `dtype` (cast if that is of another class), gathered over
  /// the reduced axes if a reduction is given.
  public func output(_ value: LoopValue, as dtype: DType, reducing reduction: Reduction? = nil) {
    var value = value
    if let reduction {
      if reduction == .any || reduction == .all { value = value.truth }
      let reducer = tandem_loop_table(0)!.reducer(reduction, value.computeClass)
      guard reducer.block != nil else {
        fail("loop program: \(reduction) is not defined for \(value.computeClass)", at: .unknown)
      }
    } else if value.computeClass != dtype.computeClass {
      value = value.cast(to: dtype)
    }
    outputs.append(
      LoopProgram.Output(
        value: unrounded(value, dtype, reduction), dtype: dtype, reduction: reduction))
  }

  /// A rounding right before a store as the same dtype does nothing.
  private func unrounded(_ value: LoopValue, _ dtype: DType, _ reduction: Reduction?) -> Int {
    if reduction == nil, case .result(.round, _, dtype, let operands) = nodes[value.id] {
      return operands[0]
    }
    return value.id
  }

  /// The program. Fails if it has no output, or no operand of the iteration shape, or too many
  /// operands.
  public func build() -> LoopProgram {
    let elementwise = outputs.contains { $0.reduction == nil }
    guard !outputs.isEmpty, elementwise || !inputs.isEmpty else {
      fail(
        "loop program: no operand has the iteration shape: \(outputs.count) outputs", at: .unknown)
    }
    guard inputs.count + outputs.count <= LoopProgram.operandCountMax else {
      fail(
        "loop program: more than \(LoopProgram.operandCountMax) operands: "
          + "\(inputs.count) inputs, \(outputs.count) outputs", at: .unknown)
    }
    return LoopProgram(contents())
  }

  /// Numbers the values that outputs need: inputs, scalars, constants, results.
  private func contents() -> LoopProgram.Contents {
    var needed = Array(repeating: false, count: nodes.count)
    for output in outputs { needed[output.value] = true }
    for id in nodes.indices.reversed() where needed[id] {
      if case .result(_, _, _, let operands) = nodes[id] {
        for operand in operands { needed[operand] = true }
      }
    }
    var contents = LoopProgram.Contents(inputs: inputs, scalars: scalars)
    var numbers = Array(repeating: -1, count: nodes.count)
    for (id, node) in nodes.enumerated() {
      switch node {
      case .input(let index): numbers[id] = index
      case .scalar(let index): numbers[id] = inputs.count + index
      case .constant(let constant):
        guard needed[id] else { continue }
        numbers[id] = contents.firstResult
        contents.constants.append(constant)
      case .result: break
      }
    }
    for (id, node) in nodes.enumerated() where needed[id] {
      guard case .result(let opcode, let operandClass, let dtype, let operands) = node else {
        continue
      }
      numbers[id] = contents.valueCount
      contents.instructions.append(
        LoopProgram.Instruction(
          opcode: opcode, operandClass: operandClass, resultClass: classes[id], dtype: dtype,
          operands: operands.map { numbers[$0] }))
    }
    contents.outputs = outputs.map {
      LoopProgram.Output(value: numbers[$0.value], dtype: $0.dtype, reduction: $0.reduction)
    }
    return contents
  }

  func inputDType(_ index: Int) -> DType { inputs[index] }

  func computeClass(of id: Int) -> ComputeClass { classes[id] }

  /// The value of an instruction, after checking that its opcode exists in its class.
  func apply(
    _ opcode: LoopOpcode, _ operandClass: ComputeClass, _ resultClass: ComputeClass,
    _ operands: [LoopValue], dtype: DType? = nil
  ) -> LoopValue {
    let instruction = LoopProgram.Instruction(
      opcode: opcode, operandClass: operandClass, resultClass: resultClass, dtype: dtype,
      operands: operands.map(\.id))
    guard tandem_loop_table(0)!.function(of: instruction) != nil else {
      fail("loop program: \(opcode) is not defined for \(operandClass)", at: .unknown)
    }
    let tag = opcode == .cast ? resultClass.dtype : dtype
    return value(.result(opcode, operandClass, tag, operands.map(\.id)), resultClass)
  }

  func value(_ node: Node, _ computeClass: ComputeClass) -> LoopValue {
    if let id = known[node] { return LoopValue(builder: self, id: id) }
    nodes.append(node)
    classes.append(computeClass)
    known[node] = nodes.count - 1
    return LoopValue(builder: self, id: nodes.count - 1)
  }
}

/// A value of a formula under construction; see ``LoopBuilder``.
public struct LoopValue {
  let builder: LoopBuilder
  let id: Int

  /// What the value is computed in.
  public var computeClass: ComputeClass { builder.computeClass(of: id) }
}
