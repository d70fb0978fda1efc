import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// A random program over random shapes and strides, run by the interpreter and by ``LoopOracle``.
struct LoopTrial {
  static let dtypes: [DType] = [
    .bool, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .bfloat16, .float32, .float64,
  ]
  var random: SplitMix
  var shape = Shape()
  var reducedAxes: UInt32 = 0
  var program: LoopProgram
  var operands: [Operand] = []
  var buffers: [LoopBuffer] = []
  var scalar: ScalarValue

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      shape.append([1, 2, 3, 5, 16, 33, 0, 17, 4, 40].randomElement(using: &random)!)
    }
    if Int.random(in: 0..<4, using: &random) == 0, shape.rank > 0 {
      shape[Int.random(in: 0..<shape.rank, using: &random)] = Int.random(
        in: 200...1500, using: &random)
    }
    while shape.elementCount > 8_000 { shape = shape.dropLast() }
    let reduces = shape.elementCount > 0 && Bool.random(using: &random)
    for axis in 0..<shape.rank where reduces && Bool.random(using: &random) {
      reducedAxes |= 1 << UInt32(axis)
    }
    let dtype = Self.dtypes.randomElement(using: &random)!
    scalar = ScalarValue(Int.random(in: -3...3, using: &random), dtype)
    program = Self.formula(dtype, reduces: reduces, &random)
    makeOperands()
  }

  private static func formula(
    _ dtype: DType, reduces: Bool, _ random: inout SplitMix
  ) -> LoopProgram {
    let b = LoopBuilder()
    let fellows = dtypes.filter { $0.computeClass == dtype.computeClass }
    var values = [b.input(dtype), b.input(fellows.randomElement(using: &random)!), b.scalar(dtype)]
    values.append(b.constant(2, dtype.computeClass))
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      func value() -> LoopValue { values.randomElement(using: &random)! }
      let opcode = LoopOracle.opcodes.randomElement(using: &random)!
      switch opcode {
      case .select: values.append(value().isLess(than: value()).select(value(), value()))
      case .less, .equal:
        let test = value().binary(opcode, value())
        values.append(test.select(value(), value()))
      default:
        values.append(
          opcode.operandCount == 1 ? value().unary(opcode) : value().binary(opcode, value()))
      }
    }
    b.output(values.last!, as: fellows.randomElement(using: &random)!)
    if reduces {
      let reduction = Reduction.allCases.randomElement(using: &random)!
      b.output(values.last!, as: resultDType(reduction, values.last!), reducing: reduction)
      b.output(values[0], as: resultDType(.sum, values[0]), reducing: .sum)
    }
    return b.build()
  }

  private static func resultDType(_ reduction: Reduction, _ value: LoopValue) -> DType {
    let result = reduction.resultClass(of: value.computeClass).dtype
    return reduction == .any || reduction == .all ? .bool : result
  }

  private mutating func makeOperands() {
    for output in program.contents.outputs {
      var own = shape
      for axis in 0..<shape.rank where output.reduction != nil && reducedAxes >> axis & 1 == 1 {
        own[axis] = 1
      }
      append(output.dtype, own, mayBroadcast: false)
    }
    for dtype in program.contents.inputs { append(dtype, shape, mayBroadcast: true) }
  }

  /// An operand with its axes in any memory order, some reversed, some stretched, some broadcast.
  private mutating func append(_ dtype: DType, _ shape: Shape, mayBroadcast: Bool) {
    var order = Array(0..<shape.rank)
    if Bool.random(using: &random) { order.shuffle(using: &random) }
    var layout = Layout(shape)
    var (stride, low) = (1, 0)
    for axis in order.reversed() {
      if mayBroadcast, Int.random(in: 0..<4, using: &random) == 0 {
        layout.setStride(0, of: axis)
        continue
      }
      if Int.random(in: 0..<6, using: &random) == 0 { stride *= 2 }
      let isReversed = Int.random(in: 0..<5, using: &random) == 0
      layout.setStride(isReversed ? -stride : stride, of: axis)
      if isReversed { low -= (max(1, shape[axis]) - 1) * stride }
      stride *= max(1, shape[axis])
    }
    layout.offset = -low + Int.random(in: 0...3, using: &random)
    let buffer = LoopBuffer(dtype, count: layout.offset + stride + 1)
    for index in 0..<layout.offset + stride + 1 {
      let number = ScalarValue(Int.random(in: -9...9, using: &random), dtype)
      buffer[index] =
        switch dtype {
        case .float32: UInt64(Float(number.double).bitPattern)
        case .bfloat16: UInt64(Float(number.double).bitPattern >> 16)
        default: number.bits
        }
      if dtype == .float32, Int.random(in: 0..<300, using: &random) == 0 {
        buffer[index] = UInt64(Float.nan.bitPattern)
      }
    }
    buffers.append(buffer)
    operands.append(Operand(buffer.base, layout, dtype))
  }

  /// What memory must look like afterwards, by the oracle.
  func expected() -> [[UInt64]] {
    let contents = program.contents
    let oracle = LoopOracle(contents: contents)
    var result = buffers.map(\.allBits)
    var sequences = contents.outputs.map { _ in [Int: [LoopOracle.Element]]() }
    let number = LoopOracle.load(Self.storage(scalar), scalar.dtype)
    for position in 0..<shape.elementCount {
      var index = Array(repeating: 0, count: shape.rank)
      var rest = position
      for axis in (0..<shape.rank).reversed() {
        index[axis] = rest % shape[axis]
        rest /= shape[axis]
      }
      let inputs = contents.inputs.enumerated().map { number, dtype in
        let operand = contents.outputs.count + number
        return LoopOracle.load(buffers[operand][place(operand, index)], dtype)
      }
      let values = oracle.values(inputs, scalars: [number])
      for (number, output) in contents.outputs.enumerated() {
        if output.reduction == nil {
          result[number][place(number, index)] = LoopOracle.store(
            values[output.value], output.dtype)
        } else {
          for axis in 0..<shape.rank where reducedAxes >> axis & 1 == 1 { index[axis] = 0 }
          sequences[number][place(number, index), default: []].append(values[output.value])
        }
      }
    }
    for (number, output) in contents.outputs.enumerated() where output.reduction != nil {
      for (at, sequence) in sequences[number] {
        let element = LoopOracle.reduce(output.reduction!, sequence)
        result[number][at] = LoopOracle.store(element, output.dtype)
      }
    }
    return result
  }

  private static func storage(_ scalar: ScalarValue) -> UInt64 {
    switch scalar.dtype {
    case .float32: UInt64(Float(scalar.double).bitPattern)
    case .bfloat16: UInt64(Float(scalar.double).bitPattern >> 16)
    default: scalar.bits
    }
  }

  private func place(_ operand: Int, _ index: [Int]) -> Int {
    let layout = operands[operand].layout
    return index.indices.reduce(layout.offset) { $0 + index[$1] * layout.stride($1) }
  }
}

@Suite struct LoopLayoutTests {
  @Test(arguments: [UInt64(1), 2, 3, 4])
  func randomProgramsMatchTheOracle(_ base: UInt64) {
    for seed in base * 1000..<base * 1000 + 60 {
      let trial = LoopTrial(seed: seed)
      let expected = trial.expected()
      let outputs = trial.program.contents.outputs
      for kernel in LoopKernel.allLevels(trial.program) {
        kernel.run(
          trial.operands, scalars: [trial.scalar], reducedAxes: trial.reducedAxes, in: .serial)
        for (number, output) in outputs.enumerated() {
          let got = trial.buffers[number].allBits
          let wrong = got.indices.first {
            !sameElement(got[$0], expected[number][$0], output.dtype)
          }
          if let wrong {
            Issue.record(
              """
              seed \(seed), \(kernel.level), output \(number) at \(wrong): \(got[wrong]), not \
              \(expected[number][wrong]); shape \(trial.shape), reduced \(trial.reducedAxes)
              \(trial.program)
              """)
            return
          }
        }
      }
    }
  }
}
