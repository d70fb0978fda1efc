import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// Native kernels against the tile interpreter, bit for bit.
@Suite(.enabled(if: NativeOracle.isHere, "SKIPPED: native kernels: \(NativeLibrary.summary)"))
struct NativeKernelTests {
  /// Numbers at which functions change their ways, of a storage dtype.
  static func edges(_ dtype: DType) -> [UInt64] {
    switch dtype {
    case .float32, .float16, .bfloat16:
      let floats: [Float] = [
        0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 3, 0.84, 0.9, 1.27, 4, 9.5, 20, -20, 87, 88.5, 89, -104,
        -87.3, 1e-3, 1e-8, -1e-8, .leastNormalMagnitude / 8, -.leastNormalMagnitude / 8, 1.2e-38,
        3e38, -3e38, 1e9, 2_147_483_648,
        -2_147_483_648, 1_048_576, 1e18, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
        65504, 65520, 6e-8, 16_777_218,
      ]
      return floats.map { storage($0, dtype) }
    case .float64:
      return [
        0, -0.0, 1, -1, 0.5, -0.5, 2, -2, 0.84, 4, 28, 20, -50, 709, 710.5, -746, 1e-17,
        .leastNormalMagnitude / 8, -.leastNormalMagnitude / 8, 1e300, -1e300, 1e308, 1_048_576,
        1e15, 9.3e18, -9.3e18, 1.9e19, .infinity,
        -.infinity, .nan, .leastNonzeroMagnitude, 2.3e-308, 3.5, 1e-4,
      ].map(\.bitPattern)
    default:
      let bits = UInt64(dtype.byteCount * 8)
      let top: UInt64 = 1 << (bits - 1)
      return [0, 1, 2, 3, 7, 31, 32, 63, 64, 100, top - 1, top, top + 1, top &* 2 &- 1, top | 5]
        .map { bits == 64 ? $0 : $0 & ((1 << bits) - 1) }
    }
  }

  private static func storage(_ value: Float, _ dtype: DType) -> UInt64 {
    switch dtype {
    case .float16: UInt64(Float16(value).bitPattern)
    case .bfloat16: UInt64(value.bitPattern >> 16)
    default: UInt64(value.bitPattern)
    }
  }

  /// Every value against every other.
  static func operands(_ dtype: DType, _ count: Int) -> [LoopBuffer] {
    let edges = edges(dtype)
    var random = SplitMix(seed: 11)
    let size = max(edges.count * edges.count, 2000)
    let buffers = (0..<count).map { _ in LoopBuffer(dtype, count: size) }
    for index in 0..<size {
      let mask = dtype.byteCount == 8 ? UInt64.max : (1 << UInt64(dtype.byteCount * 8)) - 1
      let pair = [
        edges[index % edges.count], edges[index / edges.count % edges.count], random.next() & mask,
      ]
      for (place, buffer) in buffers.enumerated() {
        buffer[index] = index % 5 == 4 ? random.next() & mask : pair[place]
      }
    }
    return buffers
  }

  @Test(arguments: LoopOpcode.allCases)
  func opcodesOverEdgeValues(_ opcode: LoopOpcode) throws {
    guard opcode != .round, opcode != .cast, opcode != .copy else { return }
    for computeClass in ComputeClass.allCases {
      let instruction = LoopProgram.Instruction(
        opcode: opcode, operandClass: computeClass, resultClass: computeClass, dtype: nil,
        operands: [0])
      guard tandemFunctionExists(instruction) else { continue }
      let dtype = computeClass.dtype
      let b = LoopBuilder()
      let inputs = (0..<opcode.operandCount).map { _ in b.input(dtype) }
      let value: LoopValue
      switch opcode {
      case .select: value = inputs[0].isNotEqual(to: inputs[1]).select(inputs[1], inputs[2])
      case .roundToOdd:
        value = b.apply(opcode, .float64, .float32, inputs)
      default:
        value = inputs.count == 1 ? inputs[0].unary(opcode) : inputs[0].binary(opcode, inputs[1])
      }
      // Beside a copy, so that the program is more than one function.
      b.output(value, as: value.computeClass.dtype)
      b.output(inputs[0].copied(), as: dtype)
      let program = b.build()
      let buffers = Self.operands(dtype, inputs.count)
      try NativeOracle.compare(program, buffers.map { ($0, [2000]) }, shape: [2000], "\(opcode)")
      try NativeOracle.compare(program, buffers.map { ($0, [77]) }, shape: [77], "\(opcode)")
    }
  }

  private func tandemFunctionExists(_ instruction: LoopProgram.Instruction) -> Bool {
    NativeOracle.table.function(of: instruction) != nil
  }

  @Test func conversions() throws {
    for from in NativeOracle.dtypes {
      for to in NativeOracle.dtypes {
        let b = LoopBuilder()
        let x = b.input(from)
        let cast = x.cast(to: to)
        b.output(cast, as: to)
        b.output(cast.rounded(to: to).isEqual(to: cast), as: .bool)
        b.output(x.copied(), as: from)
        try NativeOracle.compare(
          b.build(), Self.operands(from, 1).map { ($0, [1999]) }, shape: [1999], "\(from) \(to)")
      }
    }
  }

  @Test(arguments: Reduction.allCases)
  func reductions(_ reduction: Reduction) throws {
    for dtype in NativeOracle.dtypes {
      for (shape, axes) in [
        ([500, 17], [1]), ([9, 256], [1]), ([5, 1000], [1]), ([3, 2049], [1]), ([70001], [0]),
        ([300, 20], [0]), ([6, 5, 40], [0, 2]), ([4, 700, 3], [1]),
      ] {
        let b = LoopBuilder()
        let x = b.input(dtype)
        let value = x.computeClass.isFloatingPoint ? x.tanh() : x + x
        let result = reduction.resultClass(of: value.computeClass).dtype
        let isTruth = reduction == .any || reduction == .all
        b.output(value, as: isTruth ? .bool : result, reducing: reduction)
        let count = shape.reduce(1, *)
        let buffer = LoopBuffer(dtype, count: count)
        let source = Self.operands(dtype, 1)[0]
        for index in 0..<count { buffer[index] = source[index % 1999] }
        try NativeOracle.compare(
          b.build(), [(buffer, shape)], shape: shape, reducing: axes, "\(reduction) \(dtype)")
      }
    }
  }
}
