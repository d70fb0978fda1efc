import Foundation
import TandemKernels
import TandemShapes
import TandemThreads
import Testing

/// Every primitive gives the same bytes on one, two and four threads, on work of several chunks.
@Suite struct ThreadCountTests {
  struct Job: Sendable, CustomTestStringConvertible {
    let primitive: any Primitive
    let outputs: [(Shape, DType)]
    let inputs: [(Shape, DType, Double)]
    /// What is added to the diagonals of the first input: with as much as its matrices have rows
    /// they are definite and far from singular.
    let diagonal: Double

    init(
      _ primitive: any Primitive, _ outputs: [(Shape, DType)], _ inputs: [(Shape, DType, Double)],
      diagonal: Double = 0
    ) {
      (self.primitive, self.outputs, self.inputs) = (primitive, outputs, inputs)
      self.diagonal = diagonal
    }

    var testDescription: String { "\(primitive)" }
  }

  static let pool = PoolGeometry(window: [3, 3], stride: [2, 2], paddingBegin: [1, 1])
  static let lenet = PoolGeometry(window: [2, 2])
  static let line: Shape = [300_000]
  static let jobs: [Job] = [
    Job(Copy(), [([600, 700], .int16)], [([600, 700], .int16, 1000)]),
    Job(
      GatherRows(axis: 0), [([40_000, 16], .float32)],
      [([1000, 16], .float32, 1), ([40_000], .int64, 1000)]),
    Job(
      Gather(.leading(count: 2)), [([200_000], .float64)],
      [([30, 40], .float64, 1), ([200_000], .int32, 30), ([200_000], .int64, 40)]),
    Job(
      Scatter(.rows(axis: 0), .add), [([100, 32], .float32)],
      [([100, 32], .float32, 1), ([9000, 32], .float32, 1), ([9000], .int64, 100)]),
    Job(
      Scatter(.along(axis: 1), .add), [([20, 100], .float32)],
      [([20, 100], .float32, 1), ([20, 5000], .float32, 1), ([20, 5000], .int64, 100)]),
    Job(
      Scatter(.rows(axis: 1), .add), [([64, 100], .float32)],
      [([64, 100], .float32, 1), ([64, 5000], .float32, 1), ([5000], .int64, 100)]),
    Job(
      Scatter(.rows(axis: 0), .set), [([100, 32], .float16)],
      [([100, 32], .float16, 1), ([9000, 32], .float16, 1), ([9000], .int64, 100)]),
    Job(
      Scatter(.rows(axis: 0), .min), [([100, 32], .float32)],
      [([100, 32], .float32, 1), ([9000, 32], .float32, 1), ([9000], .int32, 100)]),
    Job(
      Scatter(.leading(count: 2), .max), [([30, 40], .float64)],
      [
        ([30, 40], .float64, 1), ([200_000], .float64, 1), ([200_000], .int64, 30),
        ([200_000], .int64, 40),
      ]),
    Job(
      Scatter(.along(axis: 0), .set), [([100, 20], .int32)],
      [([100, 20], .int32, 90), ([5000, 20], .int32, 90), ([5000, 20], .int64, 100)]),
    Job(
      TakeAlongAxis(axis: 1), [([64, 5000], .float32)],
      [([64, 100], .float32, 1), ([64, 5000], .int64, 100)]),
    Job(NonZero(), [([1, 300_000], .int64)], [(line, .float32, 1)]),
    Job(CheckLabels(classes: 100), [], [(line, .int64, 100)]),
    Job(
      CopyBytes((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }), [(line, .uint8)], []),
    Job(OneHot(), [([9000, 10], .float32)], [([9000], .int64, 10)]),
    Job(Sort(axis: 0), [([300_000], .float32)], [(line, .float32, 50)]),
    Job(ArgSort(axis: 0), [([300, 200], .int64)], [([300, 200], .int32, 50)]),
    Job(
      TopK(axis: 1), [([900, 5], .float32), ([900, 5], .int64)], [([900, 100], .float32, 50)]),
    Job(
      SearchSorted(), [(line, .int32)], [([100], .float32, 0), (line, .float32, 1)]),
    Job(Scan(.sum, axis: 0), [([300, 700], .float32)], [([300, 700], .float32, 1)]),
    Job(Scan(.sum, axis: 1), [([300, 700], .float32)], [([300, 700], .float32, 1)]),
    Job(Scan(.sum, axis: 0), [(line, .float32)], [(line, .float32, 1)]),
    Job(Scan(.sum, axis: 0), [(line, .float64)], [(line, .float64, 1)]),
    Job(Scan(.product, axis: 0), [(line, .float64)], [(line, .float64, 1)]),
    Job(Scan(.sum, axis: 0, reversed: true), [(line, .float16)], [(line, .float16, 0.001)]),
    Job(Scan(.sum, axis: 0), [([9000, 40], .bfloat16)], [([9000, 40], .bfloat16, 0.1)]),
    Job(Scan(.sum, axis: 0), [(line, .int64)], [(line, .int64, 1000)]),
    Job(Scan(.product, axis: 0), [(line, .uint16)], [(line, .uint16, 1000)]),
    Job(Scan(.max, axis: 0), [(line, .int8)], [(line, .int8, 100)]),
    Job(Scan(.min, axis: 0), [(line, .float16)], [(line, .float16, 1)]),
    Job(MaxPool(lenet), [([16, 20, 12, 12], .float32)], [([16, 20, 24, 24], .float32, 9)]),
    Job(
      MaxPoolBackward(lenet), [([16, 20, 24, 24], .float32)],
      [([16, 20, 12, 12], .float32, 1), ([16, 20, 24, 24], .float32, 9)]),
    Job(
      MaxPoolBackward(pool), [([16, 20, 24, 24], .float32)],
      [([16, 20, 12, 12], .float32, 1), ([16, 20, 24, 24], .float32, 9)]),
    Job(
      MaxPoolPick(pool), [([16, 20, 12, 12], .float32)],
      [([16, 20, 24, 24], .float32, 1), ([16, 20, 24, 24], .float32, 9)]),
    Job(AveragePool(pool), [([16, 20, 12, 12], .float32)], [([16, 20, 24, 24], .float32, 9)]),
    Job(
      AveragePoolBackward(pool), [([16, 20, 24, 24], .float32)],
      [([16, 20, 12, 12], .float32, 1)]),
    Job(
      QR(), [([16, 60, 40], .float32), ([16, 40, 40], .float32)], [([16, 60, 40], .float32, 1)]),
    Job(
      SVD(), [([8, 60, 40], .float64), ([8, 40], .float64), ([8, 40, 40], .float64)],
      [([8, 60, 40], .float64, 1)]),
    Job(
      SymmetricEigen(), [([8, 50], .float32), ([8, 50, 50], .float32)],
      [([8, 50, 50], .float32, 1)]),
    Job(
      Eigen(), [([8, 40], .complex64), ([8, 40, 40], .complex64)],
      [([8, 40, 40], .float32, 1)]),
    Job(
      FourierTransform(.real, axis: 1), [([300, 501], .complex64)], [([300, 1000], .float32, 1)]),
    Job(
      FourierTransform(.real, axis: 0), [([501, 300], .complex128)],
      [([1000, 300], .float64, 1)]),
    Job(FourierTransform(.real, axis: 0), [([131_073], .complex64)], [([262_144], .float32, 1)]),
    Job(
      FourierTransform(.real, axis: 1), [([9, 10_007 / 2 + 1], .complex128)],
      [([9, 10_007], .float64, 1)]),
    Job(Inverse(), [([16, 60, 60], .float64)], [([16, 60, 60], .float64, 1)]),
    Job(
      Solve(), [([16, 60, 3], .float64)],
      [([16, 60, 60], .float64, 1), ([16, 60, 3], .float64, 1)]),
    Job(
      TriangularSolve(lower: true, transposed: true), [([16, 60, 3], .float64)],
      [([16, 60, 60], .float64, 1), ([16, 60, 3], .float64, 1)], diagonal: 60),
    Job(
      LU(), [([16, 60, 50], .float32), ([16, 60], .int64)], [([16, 60, 50], .float32, 1)]),
    Job(Cholesky(), [([16, 60, 60], .float32)], [([16, 60, 60], .float32, 1)], diagonal: 60),
    Job(
      SignLogDeterminant(), [([64], .float64), ([64], .float64)], [([64, 30, 30], .float64, 1)]),
    Job(Determinant(), [([64], .float32)], [([64, 30, 30], .float32, 1)]),
    Job(RandomFill(.normal(mean: 0, standardDeviation: 1)), [(line, .float32)], []),
    Job(RandomFill(.integers(low: 0, high: 1000)), [(line, .int32)], []),
    Job(
      RandomFill(.truncatedNormal(mean: 0, standardDeviation: 1, low: -1, high: 2)),
      [([50_000], .float64)], []),
    Job(RandomFill(.uniform(low: 0, high: 1)), [(line, .bfloat16)], []),
    Job(RandomFill(.uniform(low: -1, high: 1)), [(line, .float64)], []),
    Job(RandomFill(.normal(mean: 1, standardDeviation: 2)), [(line, .float64)], []),
    Job(RandomFill(.exponential(scale: 2)), [(line, .float32)], []),
    Job(RandomFill(.gumbel(location: 0, scale: 1)), [(line, .float64)], []),
    Job(RandomFill(.bernoulli(probability: 0.3)), [(line, .bool)], []),
    Job(
      RandomVariates(.standardGamma, storedWords: []), [([9000], .float32)],
      [([9000], .float64, 3)]),
    Job(
      RandomVariates(.poisson, storedWords: []), [([9000], .int64)], [([9000], .float64, 40)]),
    Job(
      RandomVariates(.binomial, storedWords: []), [([9000], .float64)],
      [([9000], .float64, 50), ([], .float64, 1)]),
    Job(
      RandomCategories(storedWords: []), [([900, 7], .int32)],
      [([900], .float64, 50), ([900, 7], .float64, 1)]),
    Job(
      UniqueZipfian(range: 1000, storedWords: []), [([200, 50], .int64), ([200], .int64)], []),
    Job(
      GammaDerivative(isLogarithm: false), [([900], .float64)],
      [([900], .float64, 3), ([900], .float64, 5)]),
    Job(MaxPool(pool), [([16, 20, 12, 12], .float32)], [([16, 20, 24, 24], .float32, 9)]),
    Job(
      AveragePool(lenet), [([16, 20, 12, 12], .float32)], [([16, 20, 24, 24], .float32, 9)]),
    Job(
      AveragePoolBackward(lenet), [([16, 20, 24, 24], .float32)],
      [([16, 20, 12, 12], .float32, 1)]),
    Job(Sort(axis: 0), [([300_000], .float64)], [(line, .float64, 50)]),
  ]

  @Test(arguments: jobs)
  func bytesDoNotDependOnThreads(job: Job) throws {
    let expected = try job.run(in: .serial)
    for threads in [2, 4] {
      let team = WorkerTeam(threads: threads)
      defer { team.shutdown() }
      #expect(try job.run(in: team.context) == expected, "\(threads) threads")
    }
  }

  /// Those whose threads other tests count, in this target and (what is finished block by block)
  /// that of compiled graphs.
  private static let elsewhere: Set<String> = [
    "MatrixProduct", "ConvolutionForward", "ConvolutionInputGradient", "ConvolutionWeightGradient",
    "SampledProduct", "SoftmaxRows", "SparseProduct", "LoopPrimitive", "RowBlocks", "Finished",
  ]

  @Test func noPrimitiveIsLeftOut() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Sources/TandemKernels")
    let files = try #require(
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    var declared: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      let pattern = /struct (\w+)(?:<[^>]*>)?: (?:Fallible)?Primitive\b/
      for match in text.matches(of: pattern) { declared.insert(String(match.1)) }
    }
    #expect(declared.count > 40)
    let tested = ThreadCountTests.jobs.map(\.primitive) + NeuralThreadTests.cases.map(\.primitive)
    let names = Set(tested.map { "\(type(of: $0))" }).union(ThreadCountTests.elsewhere)
    #expect(declared.subtracting(names).isEmpty, "\(declared.subtracting(names).sorted())")
  }

  @Test func theFirstFailureIsNamedOnAnyNumberOfThreads() {
    let index = (0..<400_000).map { $0 > 100_000 && $0 % 7 == 0 ? Double($0) : 0 }
    let operands = [
      SampleArray([400_000], .float32), SampleArray([10], .float32),
      SampleArray(index, [400_000], .int64),
    ]
    let team = WorkerTeam(threads: 4)
    defer { team.shutdown() }
    for _ in 0..<20 {
      #expect(
        failure(of: GatherRows(axis: 0), operands, in: team.context)
          == "index 100002 is out of range for axis 0 of length 10")
    }
  }
}

extension ThreadCountTests.Job {
  /// The bytes of all outputs, from inputs that are the same in every run.
  func run(in context: ParallelContext) throws -> [[UInt8]] {
    var random = PhiloxGenerator(RandomKey(seed: 21))
    let inputs = inputs.enumerated().map { number, input in
      let (shape, dtype, limit) = input
      var values = (0..<shape.elementCount).map { _ in
        let value = Double(random.next() >> 11) * 0x1p-53 * limit
        return dtype.isFloatingPoint && limit != 9 && limit != 50 ? value : value.rounded(.down)
      }
      if number == 0 && diagonal != 0 {
        let n = shape[-1]
        for index in values.indices where index / n % n == index % n { values[index] += diagonal }
      }
      return SampleArray(values, shape, dtype)
    }
    let scalars = [1, 2, 3].map { ScalarValue($0, .uint64) }
    let outputs = outputs.map { SampleArray($0, $1) }
    try TandemKernelsTests.run(primitive, outputs + inputs, scalars: scalars, in: context)
    return outputs.map(\.bytes)
  }
}
