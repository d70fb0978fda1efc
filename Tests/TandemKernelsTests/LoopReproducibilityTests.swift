import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// Work of many chunks: the same bits on every level, thread count and memory order.
@Suite struct LoopReproducibilityTests {
  /// A contiguous float32 array of numbers of many magnitudes.
  private static func numbers(_ count: Int, seed: UInt64 = 7) -> LoopBuffer {
    var random = SplitMix(seed: seed)
    let buffer = LoopBuffer(.float32, count: count)
    for index in 0..<count {
      let bits = UInt32(truncatingIfNeeded: random.next())
      // Exponents from -10 to 5, both signs.
      buffer[index] = UInt64((bits & 0x807f_ffff) | ((117 + (bits >> 24) % 16) << 23))
    }
    return buffer
  }

  private static func program(_ reductions: [Reduction]) -> LoopProgram {
    let b = LoopBuilder()
    let x = b.input(.float32)
    let y = (x * 1.5).tanh() + b.scalar(.float32)
    b.output(y, as: .float32)
    for reduction in reductions {
      let isPlace = reduction == .argMax || reduction == .argMin
      let isTruth = reduction == .any || reduction == .all
      b.output(y, as: isPlace ? .int64 : isTruth ? .bool : .float32, reducing: reduction)
    }
    return b.build()
  }

  @Test(arguments: [
    ([300_001], [0]), ([70, 3001], [1]), ([3001, 70], [0]), ([900, 300], [0]),
    ([5, 40, 900], [0, 2]),
    ([2, 150_000], [0]), ([100_000, 2], [0]), ([40, 7, 600], [1]), ([250_000], []),
  ])
  func levelsAndThreadsAgree(_ lengths: [Int], _ axes: [Int]) {
    let shape = Shape(lengths)
    let program = Self.program(axes.isEmpty ? [] : Reduction.allCases)
    var reduced = shape
    for axis in axes { reduced[axis] = 1 }
    let x = Self.numbers(shape.elementCount)
    var first: [[UInt64]]?
    for threads in [1, 2, 4] {
      let team = WorkerTeam(threads: threads)
      for kernel in LoopKernel.allLevels(program) {
        let outputs = program.contents.outputs.map {
          LoopBuffer(
            $0.dtype, count: $0.reduction == nil ? shape.elementCount : reduced.elementCount)
        }
        var operands = zip(outputs, program.contents.outputs).map { buffer, output in
          Operand(
            buffer.base, Layout(output.reduction == nil ? shape : reduced), output.dtype)
        }
        operands.append(Operand(x.base, Layout(shape), .float32))
        kernel.run(
          operands, scalars: [ScalarValue(0.25, .float32)],
          reducedAxes: axes.reduce(0) { $0 | 1 << UInt32($1) }, in: team.context)
        let got = outputs.map(\.allBits)
        #expect(got == first ?? got, "\(threads) threads, \(kernel.level)")
        first = first ?? got
      }
      team.shutdown()
    }
  }

  /// The sum of a long sequence is the oracle's, and does not depend on strides.
  @Test func sumsFollowFromShapeAlone() {
    let b = LoopBuilder()
    b.output(b.input(.float32), as: .float32, reducing: .sum)
    let kernel = b.build().kernel
    let (rows, columns) = (1000, 137)
    let x = Self.numbers(rows * columns)
    let turned = LoopBuffer(.float32, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns { turned[column * rows + row] = x[row * columns + column] }
    }
    for axes in [[0], [1], [0, 1]] {
      var shape = Shape([rows, columns])
      for axis in axes { shape[axis] = 1 }
      let sums = [(x, [columns, 1]), (turned, [1, rows])].map { buffer, strides in
        let sum = LoopBuffer(.float32, count: shape.elementCount)
        kernel.run(
          [
            Operand(sum.base, Layout(shape), .float32),
            Operand(buffer.base, Layout([rows, columns], strides: strides), .float32),
          ], scalars: [], reducedAxes: axes.reduce(0) { $0 | 1 << UInt32($1) },
          in: WorkerTeam.shared.context)
        return sum.allBits
      }
      #expect(sums[0] == sums[1])
      if axes == [0, 1] {
        let all = x.allBits.prefix(rows * columns).map { LoopOracle.load($0, .float32) }
        #expect(sums[0] == [LoopOracle.store(LoopOracle.reduce(.sum, all), .float32)])
      }
    }
  }

  /// Pairwise: the error of a sum of ten million ones and a little is far below that of one lane.
  @Test func longSumsAreAccurate() {
    let count = 4_000_000
    let b = LoopBuilder()
    b.output(b.input(.float32), as: .float32, reducing: .sum)
    let x = LoopBuffer(.float32, count: count)
    x.bytes.bindMemory(to: Float.self).update(repeating: 0.1)
    let sum = LoopBuffer(.float32, count: 1)
    b.build().kernel.run(
      [
        Operand(sum.base, Layout([1]), .float32), Operand(x.base, Layout([count]), .float32),
      ], scalars: [], reducedAxes: 1, in: WorkerTeam.shared.context)
    let exact = Double(Float(0.1)) * Double(count)
    let error = abs(Double(Float(bitPattern: UInt32(sum[0]))) - exact) / exact
    #expect(error < 2e-7)
  }

  @Test(arguments: [1, 7, 1024, 5000, 70_001])
  func outputsMayBeInputs(_ count: Int) {
    // Two outputs in place of the two inputs; b is read after the first output is written.
    let b = LoopBuilder()
    let (x, y) = (b.input(.float32), b.input(.float32))
    let sum = x + y
    b.output(sum, as: .float32)
    b.output(sum * x - y, as: .float32)
    let kernel = b.build().kernel
    let (a, c) = (Self.numbers(count), Self.numbers(count, seed: 8))
    let (p, q) = (LoopBuffer(.float32, count: count), LoopBuffer(.float32, count: count))
    let context = WorkerTeam.shared.context
    kernel.runContiguous(
      count: count, pointers: [p.base, q.base, a.base, c.base], scalars: [], in: context)
    kernel.runContiguous(
      count: count, pointers: [a.base, c.base, a.base, c.base], scalars: [], in: context)
    #expect(p.allBits == a.allBits)
    #expect(q.allBits == c.allBits)
  }

  @Test(arguments: [1, 3, 1024, 1025, 5000, 70_001])
  func scalarsAndConstantsStandOnEitherSide(_ count: Int) {
    let b = LoopBuilder()
    b.output(b.scalar(.float32) - b.input(.float32), as: .float32)
    let c = LoopBuilder()
    c.output(c.input(.float32) / 4, as: .float32)
    let (x, out) = (Self.numbers(count), LoopBuffer(.float32, count: count))
    let context = WorkerTeam.shared.context
    b.build().kernel.runContiguous(
      count: count, pointers: [out.base, x.base], scalars: [ScalarValue(0.1, .float32)],
      in: context)
    let floats = (0..<count).map { Float(bitPattern: UInt32(x[$0])) }
    #expect(out.allBits.map { Float(bitPattern: UInt32($0)) } == floats.map { 0.1 - $0 })
    c.build().kernel.runContiguous(
      count: count, pointers: [out.base, x.base], scalars: [], in: context)
    #expect(out.allBits.map { Float(bitPattern: UInt32($0)) } == floats.map { $0 / 4 })
  }

  @Test func reductionsOfNothing() {
    for (reduction, expected) in [
      (Reduction.sum, Float(0)), (.product, 1), (.any, 0), (.all, 1),
    ] {
      let b = LoopBuilder()
      b.output(b.input(.float32), as: .float32, reducing: reduction)
      let (x, out) = (LoopBuffer(.float32, count: 1), LoopBuffer(.float32, count: 3))
      b.build().kernel.run(
        [
          Operand(out.base, Layout([1, 3]), .float32), Operand(x.base, Layout([0, 3]), .float32),
        ], scalars: [], reducedAxes: 1, in: .serial)
      #expect(out.allBits == Array(repeating: UInt64(expected.bitPattern), count: 3))
    }
  }

  @Test func placesOfExtremes() {
    for (values, greatest, least) in [
      ([1, 3, 3, 2], 1, 0), ([.nan, 5, 1], 0, 0), ([1, .nan, 9, .nan], 1, 1), ([-0.0, 0], 0, 0),
      ([-.infinity, -.infinity], 0, 0),
    ] as [([Float], UInt64, UInt64)] {
      let b = LoopBuilder()
      let x = b.input(.float32)
      b.output(x, as: .int64, reducing: .argMax)
      b.output(x, as: .int64, reducing: .argMin)
      let buffer = LoopBuffer(.float32, count: values.count)
      for (index, value) in values.enumerated() { buffer[index] = UInt64(value.bitPattern) }
      let (high, low) = (LoopBuffer(.int64, count: 1), LoopBuffer(.int64, count: 1))
      b.build().kernel.run(
        [
          Operand(high.base, Layout([1]), .int64), Operand(low.base, Layout([1]), .int64),
          Operand(buffer.base, Layout([values.count]), .float32),
        ], scalars: [], reducedAxes: 1, in: .serial)
      #expect(high[0] == greatest)
      #expect(low[0] == least)
    }
  }
}
