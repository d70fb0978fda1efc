import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// The softmax family row by row gives the bits of the loop programs that it stands for, at every
/// level; its values are compared with PyTorch's by the operators' tests.
@Suite struct SoftmaxRowsTests {
  static let shapes: [[Int]] = [
    [3, 5], [2, 64], [4, 257], [2, 3, 1000], [3, 1025], [2, 20_000],
  ]

  /// Numbers of both signs, a few of them large.
  private static func numbers(_ count: Int, _ dtype: DType, seed: UInt64) -> LoopBuffer {
    var random = SplitMix(seed: seed)
    let buffer = LoopBuffer(dtype, count: count)
    for index in 0..<count {
      let value = Float.random(in: -8...8, using: &random) * (index % 97 == 0 ? 8 : 1)
      switch dtype {
      case .float64: buffer[index] = Double(value).bitPattern
      case .bfloat16: buffer[index] = UInt64(value.bitPattern >> 16)
      default: buffer[index] = UInt64(value.bitPattern)
      }
    }
    return buffer
  }

  private struct Reference {
    let shape: Shape, dtype: DType, wide: DType
    var reduced: Shape {
      var result = shape
      result[shape.rank - 1] = 1
      return result
    }

    /// Runs a program; an operand of the reduced shape is stretched over the rows.
    func run(
      _ operands: [(LoopBuffer, isReduced: Bool)], reducing: Bool,
      _ body: (LoopBuilder, [LoopValue]) -> (LoopValue, DType, Reduction?)
    ) -> LoopBuffer {
      let b = LoopBuilder()
      let (value, dtype, reduction) = body(b, operands.map { b.input($0.0.dtype) })
      b.output(value, as: dtype, reducing: reduction)
      let shape = reducing ? reduced : shape
      let result = LoopBuffer(dtype, count: shape.elementCount)
      let inputs = operands.map {
        let layout = $0.isReduced ? Layout(reduced).broadcast(to: self.shape) : Layout(self.shape)
        return Operand($0.0.base, layout, $0.0.dtype)
      }
      b.build().kernel.run(
        [Operand(result.base, Layout(shape), dtype)] + inputs, scalars: [],
        reducedAxes: reducing ? 1 << UInt32(shape.rank - 1) : 0, in: .serial)
      return result
    }

    func outputs(_ kind: SoftmaxRows.Kind, _ x: LoopBuffer, _ g: LoopBuffer) -> [LoopBuffer] {
      let wide = wide
      if kind == .probabilitiesGradient || kind == .logarithmsGradient {
        let isLog = kind == .logarithmsGradient
        let sum = run([(x, false), (g, false)], reducing: true) { _, v in
          (isLog ? v[1].cast(to: wide) : v[0].cast(to: wide) * v[1].cast(to: wide), wide, .sum)
        }
        return [
          run([(x, false), (g, false), (sum, true)], reducing: false) { _, v in
            let (y, dy) = (v[0].cast(to: wide), v[1].cast(to: wide))
            return (isLog ? dy - y.exp() * v[2] : y * (dy - v[2]), dtype, nil)
          }
        ]
      }
      let largest = run([(x, false)], reducing: true) { _, v in (v[0].cast(to: wide), wide, .max) }
      let sum = run([(x, false), (largest, true)], reducing: true) { _, v in
        ((v[0].cast(to: wide) - v[1]).exp(), wide, .sum)
      }
      if kind == .sums { return [largest, sum] }
      return [
        run([(x, false), (largest, true), (sum, true)], reducing: false) { _, v in
          let below = v[0].cast(to: wide) - v[1]
          return (
            kind == .logarithms ? below - v[2].log() : below.exp() * v[2].reciprocal(), dtype, nil
          )
        }
      ]
    }
  }

  @Test(
    arguments: [
      SoftmaxRows.Kind.probabilities, .logarithms, .sums, .probabilitiesGradient,
      .logarithmsGradient,
    ], [DType.float32, .float64, .bfloat16])
  func bitsAreThoseOfLoopPrograms(kind: SoftmaxRows.Kind, dtype: DType) {
    let (two, four) = (WorkerTeam(threads: 2), WorkerTeam(threads: 4))
    defer {
      two.shutdown()
      four.shutdown()
    }
    for lengths in Self.shapes {
      let shape = Shape(lengths)
      let wide: DType = dtype == .float64 ? .float64 : .float32
      let (x, g) = (
        Self.numbers(shape.elementCount, dtype, seed: 1),
        Self.numbers(shape.elementCount, dtype, seed: 2)
      )
      let reference = Reference(shape: shape, dtype: dtype, wide: wide)
      let expected = reference.outputs(kind, x, g)
      for level in LoopKernel.Level.allCases where level.isAvailable {
        for context in [ParallelContext.serial, two.context, four.context] {
          let outputs = expected.map { LoopBuffer($0.dtype, count: $0.allBits.count) }
          let whole = kind == .sums ? reference.reduced : shape
          var operands = outputs.map { Operand($0.base, Layout(whole), $0.dtype) }
          operands.append(Operand(x.base, Layout(shape), dtype))
          operands.append(Operand(g.base, Layout(shape), dtype))
          SoftmaxRows(kind, axis: shape.rank - 1).run(operands, level: level, in: context)
          for (got, wanted) in zip(outputs, expected) {
            #expect(got.allBits == wanted.allBits, "\(kind) \(dtype)\(lengths) \(level)")
          }
        }
      }
    }
  }

  @Test func appliesWhereRowsLieInOnePiece() {
    let rows = Layout(Shape([4, 100]))
    #expect(SoftmaxRows.applies(to: [rows, rows], along: 1))
    #expect(!SoftmaxRows.applies(to: [rows], along: 0))
    #expect(!SoftmaxRows.applies(to: [Layout(Shape([2, 1 << 17]))], along: 1))
    #expect(!SoftmaxRows.applies(to: [Layout(Shape([0, 3]))], along: 1))
  }
}
