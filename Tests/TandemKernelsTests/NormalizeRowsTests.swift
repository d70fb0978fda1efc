import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// Layer and RMS norm of rows have the bits of the loop programs that they stand for, which row
/// fusion puts in their place; values are compared with PyTorch's by the operators' tests.
@Suite struct NormalizeRowsTests {
  /// Runs a program over rows; operands with one element for each row are stretched.
  private static func run(
    _ shape: Shape, _ dtype: DType, _ operands: [LoopBuffer], reducing: Bool = false,
    _ body: ([LoopValue]) -> LoopValue
  ) -> LoopBuffer {
    var kept = shape
    kept[1] = 1
    let builder = LoopBuilder()
    let value = body(operands.map { builder.input($0.dtype) })
    builder.output(value, as: dtype, reducing: reducing ? .sum : nil)
    let isOne = reducing || operands.allSatisfy { $0.allBits.count == shape[0] }
    let iteration = operands.allSatisfy { $0.allBits.count == shape[0] } ? kept : shape
    let result = LoopBuffer(dtype, count: isOne ? shape[0] : shape.elementCount)
    let inputs = operands.map { buffer in
      let own: Shape =
        buffer.allBits.count == shape.elementCount
        ? shape : buffer.allBits.count == shape[0] ? kept : [1, shape[1]]
      return Operand(buffer.base, Layout(own).broadcast(to: iteration), dtype)
    }
    builder.build().kernel.run(
      [Operand(result.base, Layout(isOne ? kept : shape), dtype)] + inputs, scalars: [],
      reducedAxes: reducing ? 2 : 0, in: .serial)
    return result
  }

  private static func numbers(_ dtype: DType, _ count: Int, _ seed: UInt64) -> LoopBuffer {
    var random = SplitMix(seed: seed)
    let buffer = LoopBuffer(dtype, count: count)
    for index in 0..<count {
      let value = Float.random(in: -3...5, using: &random)
      buffer[index] = dtype == .float64 ? Double(value).bitPattern : UInt64(value.bitPattern)
    }
    return buffer
  }

  @Test(
    arguments: [2, 7, 16, 100, 256, 257, 768, 1024, 1030, 1280, 2125, 5000, 9000],
    [DType.float32, .float64])
  func bitsAreThoseOfLoopPrograms(length: Int, dtype: DType) throws {
    let (rows, epsilon) = (11, 1e-5)
    let (shape, count) = (Shape([rows, length]), Double(length))
    let x = Self.numbers(dtype, rows * length, 1)
    let (scale, bias) = (Self.numbers(dtype, length, 2), Self.numbers(dtype, length, 3))
    for centers in [true, false] {
      let sum = Self.run(shape, dtype, [x], reducing: true) { $0[0] }
      let mean = Self.run(shape, dtype, [sum]) { $0[0] / count }
      let squares = Self.run(shape, dtype, [x, mean], reducing: true) {
        let c = centers ? $0[0] - $0[1] : $0[0]
        return c * c
      }
      let rstd = Self.run(shape, dtype, [squares]) { ($0[0] / count + epsilon).rsqrt() }
      let y = Self.run(shape, dtype, [x, mean, rstd, scale, bias]) {
        let unit = (centers ? $0[0] - $0[1] : $0[0]) * $0[2]
        return centers ? unit * $0[3] + $0[4] : unit * $0[3]
      }
      let results = [rows * length, rows, rows].map { LoopBuffer(dtype, count: $0) }
      var operands = [Operand(results[0].base, Layout(shape), dtype)]
      if centers { operands.append(Operand(results[1].base, Layout([rows]), dtype)) }
      operands.append(Operand(results[2].base, Layout([rows]), dtype))
      operands.append(Operand(x.base, Layout(shape), dtype))
      operands.append(Operand(scale.base, Layout([length]), dtype))
      if centers { operands.append(Operand(bias.base, Layout([length]), dtype)) }
      try NormalizeRows(epsilon: epsilon, centers: centers).run(
        operands, scalars: [], in: .serial)
      #expect(results[0].allBits == y.allBits, "\(dtype)\(shape) \(centers)")
      #expect(results[2].allBits == rstd.allBits, "\(dtype)\(shape) \(centers)")
      if centers { #expect(results[1].allBits == mean.allBits, "\(dtype)\(shape)") }
    }
  }

  /// The mean of nothing is NaN, as that of the loops that rows of other orders go through.
  @Test(arguments: [DType.float32, .float64], [true, false])
  func rowsWithoutElements(dtype: DType, centers: Bool) throws {
    let statistics = (0..<(centers ? 2 : 1)).map { _ in LoopBuffer(dtype, count: 3) }
    let nothing = LoopBuffer(dtype, count: 1)
    func operand(_ buffer: LoopBuffer, _ shape: Shape) -> Operand {
      Operand(buffer.base, Layout(shape), dtype)
    }
    let factors = statistics.map { _ in operand(nothing, [0]) }
    try NormalizeRows(epsilon: 1e-5, centers: centers).run(
      [operand(nothing, [3, 0])] + statistics.map { operand($0, [3]) } + [operand(nothing, [3, 0])]
        + factors, scalars: [], in: .serial)
    for statistic in statistics {
      for bits in statistic.allBits {
        let isNaN =
          dtype == .float64
          ? Double(bitPattern: bits).isNaN : Float(bitPattern: UInt32(bits)).isNaN
        #expect(isNaN)
      }
    }
  }
}
