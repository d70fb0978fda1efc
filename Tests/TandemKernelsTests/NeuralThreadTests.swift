import TandemKernels
import TandemShapes
import TandemThreads
import Testing

/// The neural kernels give the same bits on one, two and four threads.
@Suite struct NeuralThreadTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let primitive: any Primitive
    let outputs: [Shape]
    let inputs: [Shape]
    var testDescription: String { "\(primitive)" }
  }

  static let cases: [Case] = [
    Case(
      primitive: NormalizeRows(epsilon: 1e-5, centers: true), outputs: [[700, 130], [700], [700]],
      inputs: [[700, 130], [130], [130]]),
    Case(
      primitive: NormalizeRows(epsilon: 1e-5, centers: false), outputs: [[700, 130], [700]],
      inputs: [[700, 130], [130]]),
    Case(
      primitive: NormalizeRowsGradient(centers: true), outputs: [[700, 130], [130], [130]],
      inputs: [[700, 130], [700, 130], [130], [700], [700]]),
    Case(
      primitive: NormalizeRowsGradient(centers: false), outputs: [[9000, 3], [3]],
      inputs: [[9000, 3], [9000, 3], [3], [9000]]),
    Case(
      primitive: NormalizeChannels(epsilon: 1e-5), outputs: [[5, 70, 90], [70], [70]],
      inputs: [[5, 70, 90], [70], [70]]),
    Case(
      primitive: NormalizeChannels(epsilon: 1e-5), outputs: [[300, 200, 1], [200], [200]],
      inputs: [[300, 200, 1], [200], [200]]),
    Case(
      primitive: NormalizeChannelsGradient(epsilon: 1e-5), outputs: [[300, 200, 1], [200], [200]],
      inputs: [[300, 200, 1], [300, 200, 1], [200], [200], [200]]),
    Case(
      primitive: LSTMCell(), outputs: [[260, 33], [65, 33], [65, 33], [33, 65]],
      inputs: [[65, 33]]),
    Case(
      primitive: LSTMCellGradient(), outputs: [[260, 33], [65, 33]],
      inputs: [[260, 33], [65, 33], [65, 33], [65, 33], [33, 65]]),
    Case(
      primitive: Attention(scale: 0.2, isCausal: false), outputs: [[2, 3, 150, 20], [2, 3, 150]],
      inputs: [[2, 3, 150, 20], [2, 3, 170, 20], [2, 3, 170, 20]]),
    Case(
      primitive: AttentionGradient(scale: 0.2, isCausal: false),
      outputs: [[2, 3, 150, 20], [2, 3, 170, 20], [2, 3, 170, 20]],
      inputs: [
        [2, 3, 150, 20], [2, 3, 150, 20], [2, 3, 150], [2, 3, 150, 20], [2, 3, 170, 20],
        [2, 3, 170, 20],
      ]),
    Case(
      primitive: Attention(scale: 0.2, isCausal: true), outputs: [[2, 3, 150, 20], [2, 3, 150]],
      inputs: [[2, 3, 150, 20], [2, 3, 150, 20], [2, 3, 150, 20]]),
    Case(
      primitive: AttentionGradient(scale: 0.2, isCausal: true),
      outputs: [[2, 3, 150, 20], [2, 3, 150, 20], [2, 3, 150, 20]],
      inputs: [
        [2, 3, 150, 20], [2, 3, 150, 20], [2, 3, 150], [2, 3, 150, 20], [2, 3, 150, 20],
        [2, 3, 150, 20],
      ]),
    Case(
      primitive: AdamStep(decouplesWeightDecay: true), outputs: [[70_000], [70_000], [70_000]],
      inputs: [[70_000], [70_000], [70_000], [70_000], [10]]),
    Case(
      primitive: AdamStep(decouplesWeightDecay: false), outputs: [[70_000], [70_000], [70_000]],
      inputs: [[70_000], [70_000], [70_000], [70_000], [10]]),
  ]

  @Test(arguments: cases, [DType.float32, .float64])
  func sameBits(_ item: Case, dtype: DType) throws {
    let serial = try item.run(dtype, in: .serial)
    for threads in [2, 4] {
      let team = WorkerTeam(threads: threads)
      defer { team.shutdown() }
      #expect(try item.run(dtype, in: team.context) == serial, "\(threads) threads")
    }
  }
}

extension NeuralThreadTests.Case {
  /// The bytes of all outputs, which start as the input's numbers do.
  func run(_ dtype: DType, in context: ParallelContext) throws -> [[UInt8]] {
    let shapes = outputs + inputs
    let arrays = shapes.map { shape in
      UnsafeMutableRawPointer.allocate(
        byteCount: max(shape.elementCount, 1) * dtype.byteCount, alignment: 64)
    }
    defer { for array in arrays { array.deallocate() } }
    for (number, (array, shape)) in zip(arrays, shapes).enumerated() {
      for index in 0..<shape.elementCount {
        // Positive, so that it may stand for a variance; the same in every run.
        let value = Double((index &* index &+ 31 &* index &+ 977 &* number) % 1009) / 1009 + 0.01
        if dtype == .float64 {
          array.storeBytes(of: value, toByteOffset: index * 8, as: Double.self)
        } else {
          array.storeBytes(of: Float(value), toByteOffset: index * 4, as: Float.self)
        }
      }
    }
    let operands = zip(arrays, shapes).map { Operand($0, Layout($1), dtype) }
    try primitive.run(operands, scalars: [], in: context)
    return zip(arrays, outputs).map { array, shape in
      Array(UnsafeRawBufferPointer(start: array, count: shape.elementCount * dtype.byteCount))
    }
  }
}
