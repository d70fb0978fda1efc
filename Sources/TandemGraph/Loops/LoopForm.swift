import TandemKernels

/// The loops that an operator consists of, read off its lowering: an operator needs no second
/// description to be fused.
///
/// The operator is lowered for inputs whose strides mark their axes, so that each operand of each
/// step shows which axes it walks along. Strides that look dense to nobody also keep operators from
/// choosing a primitive for dense rows instead of loops; by contract both give the same bits.
struct LoopForm {
  /// Where an operand of a loop comes from.
  enum Source: Hashable {
    /// An input of the operator.
    case input(Int)
    /// An output of an earlier loop.
    case result(loop: Int, output: Int)
  }

  /// The loops in order.
  private(set) var loops: [(loop: Loop, operands: [Source])] = []
  /// Where the operator's outputs come from.
  private(set) var outputs: [Source] = []

  /// Whether the operator, given dense arrays, runs anything else than these loops.
  private(set) var hasKernelOfItsOwn = false

  private let inputCount: Int
  private let outputTypes: TensorTypes
  private let program: KernelProgram
  private let inputLayouts: [Layout]
  /// What each slot of the lowering holds at present.
  private var contents: [Int: Source] = [:]

  /// The loops of an operator, or `nil` if it does anything else, or nothing.
  ///
  /// - Parameter isNumber: for each input whether it is a number that no memory holds.
  init?(of op: any Op, inputs: TensorTypes, outputs types: TensorTypes, isNumber: [Bool]) {
    // Lowering a graph compiles it, and what is inside of it once more.
    if op is any SubgraphOp { return nil }
    let all = Array(inputs) + Array(types)
    guard all.allSatisfy({ $0.shape.elementCount > 0 && $0.dtype.kind != .complex }) else {
      return nil
    }
    inputCount = inputs.count
    outputTypes = types
    let layouts = inputs.map { Layout.marked($0.shape) }
    inputLayouts = layouts
    if inputs.count == 1, op.view(of: layouts[0]) != nil { return nil }
    var lowering = Lowering(
      outputs: types.map { (Layout($0.shape), $0.dtype) },
      inputs: inputs.indices.map { (layouts[$0], inputs[$0].dtype) },
      scalarInputs: isNumber)
    op.lower(inputs, to: &lowering)
    program = lowering.program(named: type(of: op).name)
    for index in inputs.indices { contents[types.count + index] = .input(index) }
    for step in program.steps {
      guard add(step, label: type(of: op).name, isNumber) else { return nil }
    }
    for index in types.indices {
      guard let source = contents[index] else { return nil }
      outputs.append(source)
    }
    guard !loops.isEmpty else { return nil }
    hasKernelOfItsOwn = LoopForm.lowersToOtherThanLoops(op, inputs, types, isNumber)
  }

  private static func lowersToOtherThanLoops(
    _ op: any Op, _ inputs: TensorTypes, _ types: TensorTypes, _ isNumber: [Bool]
  ) -> Bool {
    var dense = Lowering(
      outputs: types.map { (Layout($0.shape), $0.dtype) },
      inputs: inputs.map { (Layout($0.shape), $0.dtype) }, scalarInputs: isNumber)
    op.lower(inputs, to: &dense)
    return dense.program(named: "").steps.contains { !($0.primitive is LoopPrimitive) }
  }

  private mutating func add(
    _ step: KernelProgram.Step, label: String, _ isNumber: [Bool]
  ) -> Bool {
    guard let primitive = step.primitive as? LoopPrimitive else { return false }
    let outputs = primitive.program.contents.outputs
    let (targets, operands) = (
      step.operands[..<step.resultCount], step.operands[step.resultCount...]
    )
    let shaped =
      operands.first ?? targets.indices.first { outputs[$0].reduction == nil }.map { targets[$0] }
    guard let shape = shaped?.layout.shape else { return false }
    var arrays: [AxisMap] = []
    var sources: [Source] = []
    for operand in operands {
      guard let source = contents[operand.index],
        let map = AxisMap(operand.layout, of: wholeLayout(operand.index))
      else { return false }
      arrays.append(map)
      sources.append(source)
    }
    let numbers = isNumber.indices.filter { isNumber[$0] }
    sources += step.scalars.map { .input(numbers[$0]) }
    let reduced = (0..<shape.rank).filter { primitive.reducedAxes >> UInt32($0) & 1 == 1 }
    var results: [Loop.Result] = []
    for target in targets {
      let whole = wholeLayout(target.index)
      guard let map = AxisMap(target.layout, of: whole),
        whole.shape.elementCount == target.layout.shape.elementCount
      else { return false }
      results.append(Loop.Result(type: TensorType(whole.shape, target.dtype), axes: map))
    }
    for (output, target) in targets.enumerated() {
      contents[target.index] = .result(loop: loops.count, output: output)
    }
    let loop = Loop(
      program: primitive.program, shape: shape, reducedAxes: reduced, arrays: arrays,
      results: results, label: label)
    loops.append((loop.withoutUnitAxes, sources))
    return true
  }

  private func wholeLayout(_ slot: Int) -> Layout {
    if slot < outputTypes.count { return Layout(outputTypes[slot].shape) }
    if slot < outputTypes.count + inputCount { return inputLayouts[slot - outputTypes.count] }
    return Layout(program.temporaries[slot - outputTypes.count - inputCount].shape)
  }
}

extension Loop {
  /// The same loop over axes that are longer than one.
  var withoutUnitAxes: Loop {
    let kept = (0..<shape.rank).filter { shape[$0] != 1 }
    if kept.count == shape.rank { return self }
    return Loop(
      program: program, shape: Shape(kept.map { shape[$0] }),
      reducedAxes: kept.indices.filter { reducedAxes.contains(kept[$0]) },
      arrays: arrays.map { $0.reordered(kept) },
      results: results.map { Result(type: $0.type, axes: $0.axes.reordered(kept)) }, label: label)
  }
}
