import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// A random program over every opcode and dtype, on dense arrays.
struct RandomFormula {
  private var random: SplitMix
  private let seed: UInt64
  private var shape = Shape([1])
  private var reducedAxes: UInt32 = 0

  init(seed: UInt64) {
    self.seed = seed
    random = SplitMix(seed: seed)
  }

  mutating func program() -> LoopProgram {
    let lengths = [1, 3, 16, 17, 255, 256, 300, 1000, 1500]
    shape = Shape([Int.random(in: 1...70, using: &random), lengths.randomElement(using: &random)!])
    let reduces = Bool.random(using: &random)
    reducedAxes = reduces ? UInt32.random(in: 1...3, using: &random) : 0
    let b = LoopBuilder()
    var values: [LoopValue] = []
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      values.append(b.input(NativeOracle.dtypes.randomElement(using: &random)!))
    }
    for _ in 0..<Int.random(in: 2...14, using: &random) { values.append(next(values)) }
    for value in values.suffix(Int.random(in: 1...3, using: &random)) {
      let fellows = NativeOracle.dtypes.filter { $0.computeClass == value.computeClass }
      b.output(value, as: fellows.randomElement(using: &random)!)
    }
    if reduces {
      let value = values.last!
      let reduction = Reduction.allCases.randomElement(using: &random)!
      let isTruth = reduction == .any || reduction == .all
      b.output(
        value, as: isTruth ? .bool : reduction.resultClass(of: value.computeClass).dtype,
        reducing: reduction)
    }
    return b.build()
  }

  private mutating func next(_ values: [LoopValue]) -> LoopValue {
    let value = values.randomElement(using: &random)!
    let fellows = values.filter { $0.computeClass == value.computeClass }
    let other = fellows.randomElement(using: &random)!
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return value.cast(to: NativeOracle.dtypes.randomElement(using: &random)!)
    case 1:
      let dtype = NativeOracle.dtypes.filter { $0.computeClass == value.computeClass }
        .randomElement(using: &random)!
      return value.rounded(to: dtype)
    case 2: return value.isLess(than: other).select(value, other)
    case 3: return value * value.constant(3) + other
    default:
      let opcodes = LoopOpcode.allCases.filter { opcode in
        let special: [LoopOpcode] = [.select, .round, .cast, .roundToOdd]
        let instruction = LoopProgram.Instruction(
          opcode: opcode, operandClass: value.computeClass, resultClass: value.computeClass,
          dtype: nil, operands: [0])
        return !special.contains(opcode) && NativeOracle.table.function(of: instruction) != nil
      }
      let opcode = opcodes.randomElement(using: &random)!
      return opcode.operandCount == 1 ? value.unary(opcode) : value.binary(opcode, other)
    }
  }

  mutating func buffers(_ program: LoopProgram) -> [LoopBuffer] {
    program.contents.inputs.map { dtype in
      let edges = NativeKernelTests.edges(dtype)
      let buffer = LoopBuffer(dtype, count: shape.elementCount)
      for index in 0..<shape.elementCount {
        buffer[index] = edges.randomElement(using: &random)!
      }
      return buffer
    }
  }

  /// Runs the program both ways and records differences.
  func compare(_ program: LoopProgram, _ inputs: [LoopBuffer], in context: ParallelContext) {
    let contents = program.contents
    var reduced = shape
    for axis in 0..<2 where reducedAxes >> UInt32(axis) & 1 == 1 { reduced[axis] = 1 }
    let outputs = contents.outputs.map { LoopBuffer($0.dtype, count: shape.elementCount) }
    var operands = zip(outputs, contents.outputs).map {
      Operand($0.base, Layout($1.reduction == nil ? shape : reduced), $1.dtype)
    }
    operands += zip(inputs, contents.inputs).map { Operand($0.base, Layout(shape), $1) }
    func run(_ kernel: LoopKernel) {
      kernel.run(operands, scalars: [], reducedAxes: reducedAxes, in: context)
    }
    run(LoopKernel(contents, level: .current))
    let expected = outputs.map(\.allBits)
    for output in outputs { output.bytes.initializeMemory(as: UInt8.self, repeating: 0x5A) }
    let native = LoopKernel(contents, level: .current)
    run(NativeOracle.compiled(native) { run(native) })
    for (number, output) in contents.outputs.enumerated() {
      let got = outputs[number].allBits
      let count = output.reduction == nil ? shape.elementCount : reduced.elementCount
      let wrong = (0..<count).first { !sameElement(got[$0], expected[number][$0], output.dtype) }
      guard let wrong else { continue }
      Issue.record(
        """
        seed \(seed), output \(number) at \(wrong): \(String(got[wrong], radix: 16)), not \
        \(String(expected[number][wrong], radix: 16)); shape \(shape), reduced \(reducedAxes), \
        \(native.tier)
        \(program)
        """)
      return
    }
  }
}
