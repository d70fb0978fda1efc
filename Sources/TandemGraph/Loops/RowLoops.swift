import TandemKernels

/// Several loops over the same rows, done a few rows at a time: softmax, layer norm, their
/// gradients, and chains of them. What only the loops themselves read never goes to memory.
///
/// Inputs are arrays, then numbers.
struct RowLoops: NonDifferentiableOp {
  static let name = "rows"

  static var acceptsNumbers: Bool { true }

  /// What a stage reads or writes, seen through a map of the row axes and then of its own.
  enum Source: Hashable, Sendable {
    case result(Int)
    case array(Int)
    case scratch(Int)
  }

  struct Reference: Hashable, Sendable {
    let source: Source
    let map: AxisMap
  }

  /// A loop; its axes are the row axes, then `shape`.
  struct Stage: Hashable, Sendable {
    let program: LoopProgram
    let shape: Shape
    /// The axes of `shape` that are reduced.
    let reducedAxes: [Int]
    let outputs: [Reference]
    let inputs: [Reference]
    /// Which numbers the program takes.
    let scalars: [Int]
  }

  /// The lengths of the row axes.
  let rows: Shape
  let stages: [Stage]
  /// What stages hand to each other: the row axes first.
  let scratch: [TensorType]
  let arrays: [TensorType]
  let numbers: [DType]
  let results: [TensorType]
  /// The operators that the loops stand for, for people.
  let label: String

  func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let expected = arrays + numbers.map { TensorType(Shape(), $0) }
    try require(Array(inputs) == expected, "needs \(TensorTypes(expected))", inputs)
    return TensorTypes(results)
  }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    var table = OperandTable(rows: rows, resultCount: results.count, scratch: scratch)
    // What is written stands first; the order of first use numbers the rest.
    for stage in stages { table.addResults(stage, lowering) }
    let blocks = stages.map { stage in
      RowBlocks.Stage(
        stage.program, shape: stage.shape,
        reducedAxes: stage.reducedAxes.reduce(0) { $0 | 1 << UInt32($1) },
        references: stage.outputs.map { table.output($0, stage) }
          + stage.inputs.map { table.input($0, stage, lowering) },
        scalars: stage.scalars)
    }
    let primitive = RowBlocks(
      rows: rows, stages: blocks,
      scratch: scratch.map {
        RowBlocks.Scratch($0.dtype, elementCount: $0.shape.elementCount / rows.elementCount)
      },
      resultCount: results.count)
    lowering.emit(
      primitive, table.results.map { $0! },
      table.operands + numbers.indices.map { lowering.input(arrays.count + $0) })
  }

  func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    for stage in stages {
      for (position, output) in stage.outputs.enumerated() where output.source == .result(index) {
        guard stage.program.contents.outputs[position].reduction == nil else { break }
        let arrays = stage.inputs.compactMap { input -> (Int, AxisMap)? in
          if case .array(let array) = input.source { (array, input.map) } else { nil }
        }
        let shape = Shape(rows.array + stage.shape.array)
        return Loop.layout(
          of: Loop.Result(type: type, axes: output.map), shape: shape, arrays: arrays.map(\.1),
          inputs: arrays.map { inputs[$0.0] })
      }
    }
    return Layout(type.shape)
  }
}

extension RowLoops: CustomReflectable {
  /// What printed graphs show of it.
  var customMirror: Mirror { Mirror(self, children: ["of": label]) }
}

/// Numbers the operands of the primitive: results, then arrays and results as stages read them.
private struct OperandTable {
  let rows: Shape
  let resultCount: Int
  let scratch: [TensorType]
  var results: [Lowering.Slot?]
  var operands: [Lowering.Slot] = []
  private var known: [Key: Int] = [:]

  private struct Key: Hashable {
    let reference: RowLoops.Reference
    let shape: Shape
  }

  init(rows: Shape, resultCount: Int, scratch: [TensorType]) {
    (self.rows, self.resultCount, self.scratch) = (rows, resultCount, scratch)
    results = Array(repeating: nil, count: resultCount)
  }

  private func shape(_ stage: RowLoops.Stage) -> Shape { Shape(rows.array + stage.shape.array) }

  mutating func addResults(_ stage: RowLoops.Stage, _ lowering: Lowering) {
    for (position, output) in stage.outputs.enumerated() {
      guard case .result(let index) = output.source else { continue }
      var shape = shape(stage)
      if stage.program.contents.outputs[position].reduction != nil {
        for axis in stage.reducedAxes { shape[rows.rank + axis] = 1 }
      }
      let slot = lowering.output(index)
      results[index] = slot.with(output.map.layout(of: slot.layout, shape: shape))
    }
  }

  func output(_ reference: RowLoops.Reference, _ stage: RowLoops.Stage) -> RowBlocks.Reference {
    switch reference.source {
    case .result(let index): .operand(index)
    default: scratchReference(reference, stage)
    }
  }

  mutating func input(
    _ reference: RowLoops.Reference, _ stage: RowLoops.Stage, _ lowering: Lowering
  ) -> RowBlocks.Reference {
    let slot: Lowering.Slot
    switch reference.source {
    case .scratch: return scratchReference(reference, stage)
    case .array(let index): slot = lowering.input(index)
    case .result(let index): slot = lowering.output(index)
    }
    let key = Key(reference: reference, shape: stage.shape)
    if let number = known[key] { return .operand(number) }
    operands.append(slot.with(reference.map.layout(of: slot.layout, shape: shape(stage))))
    known[key] = resultCount + operands.count - 1
    return .operand(resultCount + operands.count - 1)
  }

  /// Scratch holds whole rows, one after another, in row-major order behind the row axes.
  private func scratchReference(
    _ reference: RowLoops.Reference, _ stage: RowLoops.Stage
  ) -> RowBlocks.Reference {
    guard case .scratch(let index) = reference.source else {
      fail("rows: broken invariant: an array is written", at: .unknown)
    }
    let layout = Layout(scratch[index].shape)
    let strides = (0..<stage.shape.rank).map { axis -> Int in
      let place = reference.map[rows.rank + axis]
      return place < 0 ? 0 : layout.stride(place)
    }
    return .scratch(index, strides: strides)
  }
}
