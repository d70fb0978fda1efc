import TandemKernels

/// Keeps what one stage of a row operator has computed for later stages that would compute it
/// again: the exponentials of a softmax are summed in one stage and divided in the next.
///
/// Only what costs more than writing and reading scratch memory is kept. Bits stay: scratch holds
/// values as they are computed, unrounded.
struct StageSharing {
  private(set) var stages: [RowLoops.Stage]
  private(set) var scratch: [TensorType]
  private let rows: Shape

  /// What a value is, for recognising it in another stage: equal keys over iterations of one shape
  /// are equal values.
  private enum Key: Hashable {
    case input(RowLoops.Reference)
    case scalar(Int)
    case constant(LoopProgram.Constant)
    case result(LoopOpcode, ComputeClass, DType?, [Int])
  }

  private var numbers: [Key: Int] = [:]
  /// The stage that computes each expensive value first, by shape and number.
  private var known: [Shape: [Int: Int]] = [:]
  /// The numbers and costs of the values of each stage.
  private var ids: [[Int]] = []
  private var costs: [[Int]] = []
  /// What has been kept already.
  private var kept: [Shape: [Int: Int]] = [:]

  /// Cheap instructions whose time equals that of a store and a load.
  private static let costMin = 6

  init(_ stages: [RowLoops.Stage], rows: Shape, scratch: [TensorType]) {
    (self.stages, self.rows, self.scratch) = (stages, rows, scratch)
  }

  mutating func share() {
    for index in stages.indices {
      number(index)
      var replaced: [Int: Int] = [:]  // value to scratch
      for value in stages[index].topmost(where: { isKnown(index, $0) }) {
        replaced[value] = keep(index, value)
      }
      if !replaced.isEmpty { stages[index] = stages[index].reading(replaced, rank(index)) }
      number(index)
      remember(index)
    }
  }

  private func rank(_ stage: Int) -> Int { rows.rank + stages[stage].shape.rank }

  private func isKnown(_ stage: Int, _ value: Int) -> Bool {
    value >= stages[stage].program.contents.firstResult
      && known[stages[stage].shape]?[ids[stage][value]] != nil
  }

  private mutating func remember(_ stage: Int) {
    let contents = stages[stage].program.contents
    for value in contents.firstResult..<contents.valueCount
    where costs[stage][value] >= StageSharing.costMin {
      let id = ids[stage][value]
      if known[stages[stage].shape]?[id] == nil {
        known[stages[stage].shape, default: [:]][id] = stage
      }
    }
  }

  /// The scratch memory in which a value that an earlier stage computes is kept.
  private mutating func keep(_ stage: Int, _ value: Int) -> Int {
    let (shape, id) = (stages[stage].shape, ids[stage][value])
    if let place = kept[shape]?[id] { return place }
    let source = known[shape]![id]!
    // A stage that has been rewritten numbers its values anew.
    let origin = ids[source].firstIndex(of: id)!
    let dtype = stages[source].program.contents.computeClass(of: origin).dtype
    scratch.append(TensorType(Shape(rows.array + shape.array), dtype))
    let place = scratch.count - 1
    kept[shape, default: [:]][id] = place
    stages[source] = stages[source].writing(origin, to: place, rank(source))
    number(source)
    return place
  }

  /// Numbers the values of a stage: equal numbers, equal values.
  private mutating func number(_ index: Int) {
    let (stage, contents) = (stages[index], stages[index].program.contents)
    var (mine, cost): ([Int], [Int]) = ([], [])
    func id(_ key: Key) -> Int {
      if let known = numbers[key] { return known }
      numbers[key] = numbers.count
      return numbers.count - 1
    }
    for input in stage.inputs { mine.append(id(.input(input))) }
    for scalar in stage.scalars { mine.append(id(.scalar(scalar))) }
    for constant in contents.constants { mine.append(id(.constant(constant))) }
    cost = mine.map { _ in 0 }
    for instruction in contents.instructions {
      mine.append(
        id(
          .result(
            instruction.opcode, instruction.operandClass,
            instruction.dtype ?? instruction.resultClass.dtype,
            instruction.operands.map { mine[$0] })))
      cost.append(instruction.operands.reduce(instruction.opcode.cost) { $0 + cost[$1] })
    }
    if ids.count <= index {
      ids.append(mine)
      costs.append(cost)
    } else {
      (ids[index], costs[index]) = (mine, cost)
    }
  }
}

extension LoopOpcode {
  /// About how many additions take as long.
  fileprivate var cost: Int {
    switch self {
    case .exp, .expm1, .log, .log1p, .log2, .log10, .sin, .cos, .tan, .asin, .acos, .atan, .sinh,
      .cosh, .tanh, .sigmoid, .erf, .softplus, .gelu, .geluTanh, .power, .atan2, .hypot,
      .remainder, .floorDivide, .cbrt, .asinh, .acosh, .atanh, .erfinv, .fmod, .gcd, .logAddExp:
      8
    case .gamma, .logGamma, .digamma, .polygamma: 32
    case .divide, .sqrt, .rsqrt, .reciprocal: 3
    default: 1
    }
  }
}

extension RowLoops.Stage {
  /// The values nearest to the outputs for which a condition holds.
  func topmost(where isFound: (Int) -> Bool) -> [Int] {
    let contents = program.contents
    var found: [Int] = []
    var visited: Set<Int> = []
    var waiting = contents.outputs.map(\.value)
    while let value = waiting.popLast() {
      guard visited.insert(value).inserted else { continue }
      if isFound(value) {
        found.append(value)
      } else if value >= contents.firstResult {
        waiting += contents.instructions[value - contents.firstResult].operands
      }
    }
    return found.sorted()
  }

  /// The stage with some values read from scratch memory instead of computed.
  ///
  /// - Parameter replaced: the scratch memory of each such value, in the order of the stage's axes.
  func reading(_ replaced: [Int: Int], _ rank: Int) -> RowLoops.Stage {
    rebuilt(replaced, rank, extra: nil)
  }

  /// The stage with a further output: a value as it is computed.
  func writing(_ value: Int, to scratch: Int, _ rank: Int) -> RowLoops.Stage {
    rebuilt([:], rank, extra: (value, scratch))
  }

  private func rebuilt(
    _ replaced: [Int: Int], _ rank: Int, extra: (value: Int, scratch: Int)?
  ) -> RowLoops.Stage {
    let contents = program.contents
    let builder = LoopBuilder()
    let identity = AxisMap(Array(0..<rank))
    var (inputs, scalars): ([RowLoops.Reference], [Int]) = ([], [])
    var values: [Int: LoopValue] = [:]
    for value in contents.needed(past: replaced, extra?.value) {
      if let place = replaced[value] {
        inputs.append(RowLoops.Reference(source: .scratch(place), map: identity))
        values[value] = builder.input(contents.computeClass(of: value).dtype)
      } else if value < contents.inputs.count {
        inputs.append(self.inputs[value])
        values[value] = builder.input(contents.inputs[value])
      } else if value < contents.firstConstant {
        scalars.append(self.scalars[value - contents.inputs.count])
        values[value] = builder.scalar(contents.scalars[value - contents.inputs.count])
      } else if value < contents.firstResult {
        values[value] = builder.constant(contents.constants[value - contents.firstConstant])
      } else {
        let instruction = contents.instructions[value - contents.firstResult]
        values[value] = builder.add(instruction, instruction.operands.map { values[$0]! })
      }
    }
    for output in contents.outputs {
      builder.output(values[output.value]!, as: output.dtype, reducing: output.reduction)
    }
    var outputs = self.outputs
    if let extra {
      builder.output(
        values[extra.value]!, as: contents.computeClass(of: extra.value).dtype)
      outputs.append(RowLoops.Reference(source: .scratch(extra.scratch), map: identity))
    }
    return RowLoops.Stage(
      program: builder.build(), shape: shape, reducedAxes: reducedAxes, outputs: outputs,
      inputs: inputs, scalars: scalars)
  }
}

extension LoopProgram.Contents {
  /// The values that outputs need, in order, not looking behind those that are replaced.
  fileprivate func needed(past replaced: [Int: Int], _ extra: Int?) -> [Int] {
    var needed: Set<Int> = []
    var waiting = outputs.map(\.value) + [extra].compactMap { $0 }
    while let value = waiting.popLast() {
      guard needed.insert(value).inserted, replaced[value] == nil, value >= firstResult else {
        continue
      }
      waiting += instructions[value - firstResult].operands
    }
    return needed.sorted()
  }
}
