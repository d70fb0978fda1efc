import Foundation
import TandemArray
import TandemOps
import TestSupport
import Testing

/// Every operator of the catalog as text and back, and texts that lie.
@Suite struct SavedOperatorTests {
  /// An operator with types that it takes.
  private struct Sample {
    let op: any Op
    let types: [TensorType]
  }

  private static let key = TensorType(Shape(), .uint64)

  /// Operators that the other fixtures do not show, or not with all kinds of attributes.
  private static let further: [Sample] =
    distributions.map { Sample(op: $0, types: [key, key, key]) } + variates + [
      Sample(op: RandomDropout(probability: 0.1), types: [.float32([4]), key, key, key]),
      Sample(op: QR(), types: [.float64([3, 2])]), Sample(op: SVD(), types: [.float64([3, 2])]),
      Sample(op: SymmetricEigen(), types: [.float64([3, 3])]),
      Sample(
        op: Pad(
          to: [4], at: Slice(starts: [1], steps: [1], counts: [2]),
          with: ScalarValue(-Double.infinity, .float32)), types: [.float32([2])]),
      Sample(
        op: Pad(
          to: [4], at: Slice(starts: [3], steps: [-2], counts: [2]),
          with: ScalarValue(UInt64.max, .uint64)), types: [TensorType([2], .uint64)]),
      Sample(
        op: RunningAverageUpdate(kept: 0.9, factor: 1.5),
        types: [.float32([3]), .float32([3])]),
    ] + gradients + complex

  /// Operators of complex numbers.
  private static let complex: [Sample] = {
    let z = TensorType([2, 3], .complex64)
    return [
      Sample(op: ComplexPair(), types: [.float32([2, 3]), .float32([3])]),
      Sample(op: ComplexPart(isImaginary: true), types: [z]), Sample(op: Conjugate(), types: [z]),
      Sample(op: Eigen(), types: [.float32([3, 3])]),
      Sample(op: Eigenvalues(), types: [TensorType([3, 3], .complex128)]),
      Sample(op: FourierTransform(axis: 1, isInverse: true, scale: 0.1), types: [z]),
      Sample(op: RealFourierTransform(axis: 0), types: [.float64([4])]),
      Sample(op: InverseRealFourierTransform(axis: 1, count: 5), types: [z]),
    ]
  }()

  /// Gradients that read what the forward pass saved, and updates.
  private static let gradients: [Sample] = {
    let (x, c, r) = (TensorType.float32([2, 3]), TensorType.float32([3]), TensorType.float32([2]))
    let (number, attention) = (TensorType.float32([]), TensorType.float32([1, 2, 3, 4]))
    let (gates, weight) = (TensorType.float32([5, 2, 12]), TensorType.float32([12, 3]))
    return [
      Sample(
        op: BatchNormalizationGradient(axis: 1, epsilon: 1e-5), types: [x, x, c, c, c]),
      Sample(op: LayerNormalizationGradient(epsilon: 1e-5), types: [x, x, c, r, r]),
      Sample(op: RMSNormalizationGradient(epsilon: 1e-5), types: [x, x, c, r]),
      Sample(
        op: ScaledDotProductAttentionGradient(isCausal: true),
        types: [attention, attention, .float32([1, 2, 3]), attention, attention, attention]),
      Sample(
        op: LSTMSequenceGradient(),
        types: [
          .float32([5, 2, 3]), x, gates, weight, x, x, .float32([5, 3, 2]), .float32([5, 12, 2]),
        ]),
      Sample(op: AdaGradUpdate(), types: [x, x, x, number, number, number]),
      Sample(op: RMSPropUpdate(), types: [x, x, x, number, number, number, number]),
    ]
  }()

  private static let variates: [Sample] = [
    Sample(
      op: RandomVariate(.standardGamma, [2, 3], .float16), types: [.float64([3]), key, key, key]),
    Sample(
      op: RandomVariate(.binomial, [2], .int8), types: [.int64([2]), .float32([]), key, key, key]),
    Sample(
      op: RandomMultinomial([4], .float32), types: [.int64([]), .float32([4, 3]), key, key, key]),
    Sample(op: RandomUniqueZipfian(range: 10, rows: [2], count: 3), types: [key, key, key]),
    Sample(
      op: SparseMatMul(columns: 5, transposed: true),
      types: [.float64([7]), .int64([7]), .int64([4]), .float64([3, 2])]),
    Sample(
      op: SampledMatMul(), types: [.int64([7]), .int64([4]), .float32([3, 2]), .float32([5, 2])]),
    Sample(op: GammaSampleGradient(isLogarithm: true), types: [.float32([3]), .float64([2, 3])]),
  ]

  private static let distributions: [RandomSample] = [
    RandomSample(.uniform(low: -1, high: 0.1), [2], .float32),
    RandomSample(.normal(mean: 0, standardDeviation: 1), [2], .float32),
    RandomSample(.integers(low: Int.min, high: Int.max), [2], .int64),
    RandomSample(.bernoulli(probability: 0.3), [2], .bool),
    RandomSample(.permutation, [5], .int32),
    RandomSample(
      .truncatedNormal(mean: 0, standardDeviation: 1, low: -.infinity, high: 2), [], .float16),
    RandomSample(.exponential(scale: 1e-300), [], .float64),
    RandomSample(.gumbel(location: -0.0, scale: 3), [1, 1], .bfloat16),
  ]

  /// One sample for each operator and attributes.
  private static let samples: [Sample] = {
    var found = further
    for name in FixtureFile.names {
      guard let file = try? FixtureFile(name) else { continue }
      for item in file.cases where FixtureFile.isOperator(item.operator) {
        found.append(
          Sample(op: item.op, types: item.inputs.map { TensorType($0.shape, $0.type) }))
      }
    }
    for item in GradientCase.all {
      var random = SplitMix(seed: 1)
      let arrays: [DirectArray] = item.inputs.map { $0.domain.array($0.shape, &random) }
      found.append(Sample(op: item.op, types: arrays.map(\.type)))
    }
    var known: Set<AnyHashable> = []
    return found.filter { known.insert(AnyHashable($0.op)).inserted }
  }()

  private func graph(_ sample: Sample) throws -> NamedGraph {
    let builder = GraphBuilder()
    let inputs = sample.types.map(builder.input)
    let outputs = try Self.add(sample.op, inputs, builder)
    return try NamedGraph(
      builder.graph(outputs: outputs),
      inputs: sample.types.enumerated().map { GraphInput("x\($0)", .argument, PartialType($1)) },
      resultNames: outputs.indices.map { "y\($0)" })
  }

  private static func add(
    _ op: any Op, _ inputs: Symbols, _ builder: GraphBuilder
  ) throws -> Symbols {
    func opened<O: Op>(_ op: O) throws -> Symbols { try builder.add(op, inputs) }
    return try opened(op)
  }

  @Test func everyOperatorComesBack() throws {
    var covered: Set<String> = []
    for sample in Self.samples {
      let text = try graph(sample).text(tensors: nil)
      let loaded = try NamedGraph.reading(Array(text.utf8)).graph
      guard case .operation(let op)? = loaded.graph.nodes.last?.kind else {
        Issue.record("no operator in \(text)")
        continue
      }
      #expect(AnyHashable(op) == AnyHashable(sample.op), "\(text)")
      #expect(try loaded.text(tensors: nil) == text)
      covered.insert(type(of: op).name)
    }
    // Those of control flow come back in SavedGraphTests.
    for type in Catalog.controlFlow {
      #expect(type is any Codable.Type, "\(type.name) cannot be saved")
    }
    for type in Catalog.standard {
      let isCovered = covered.contains(type.name)
      #expect(isCovered, "\(type.name) has no sample")
      #expect(type is any Codable.Type, "\(type.name) cannot be saved")
      #expect(
        type.inputCounts != 0...Int.max, "\(type.name) does not say how many inputs it takes")
    }
  }

  /// An operator of a user.
  private struct Shifted: UnaryOp {
    static let name = "test.shifted"
    let by: Double
    func element(_ x: LoopValue) -> LoopValue { x }
  }

  /// One that is not `Codable`.
  private struct Opaque: Op {
    static let name = "test.opaque"
    func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes { inputs }
    func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {}
    func gradient(_ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]) -> [Symbol?] {
      [nil]
    }
  }

  /// One with the name of a loop.
  private struct Taken: UnaryOp {
    static let name = "scan"
    func element(_ x: LoopValue) -> LoopValue { x }
  }

  @Test func namesOfControlFlowAreTaken() {
    #expect(throws: ShapeError("catalog: scan is the name of an operator of control flow")) {
      try Catalog.register(Taken.self)
    }
    #expect(Set(Catalog.controlFlow.map { $0.name }) == Catalog.reservedNames)
  }

  @Test func operatorsOfUsers() throws {
    let text = try graph(Sample(op: Shifted(by: 2.5), types: [.float32([2])])).text(tensors: nil)
    #expect(text.contains(#"{"op":"test.shifted@1","inputs":[0],"attributes":{"by":2.5}"#))
    #expect(throws: SavedGraphError.self) { try NamedGraph.reading(Array(text.utf8)) }
    try Catalog.register(Shifted.self)
    let loaded = try NamedGraph.reading(Array(text.utf8)).graph
    #expect(try loaded.text(tensors: nil) == text)
    let opaque = try graph(Sample(op: Opaque(), types: [.float32([2])]))
    #expect {
      try opaque.text(tensors: nil)
    } throws: { error in
      "\(error)" == "test.opaque has no Codable attributes, cannot be saved"
    }
  }

  /// Texts with other numbers, other counts of operands and other types: refused, or graphs whose
  /// rules hold; never a crash.
  @Test(arguments: [UInt64(1)]) func hostileAttributes(seed: UInt64) throws {
    let isDeep = ProcessInfo.processInfo.environment["TANDEM_DEEP"] != nil
    var random = SplitMix(seed: seed)
    var (refused, accepted) = (0, 0)
    for sample in Self.samples {
      let text = try graph(sample).text(tensors: nil)
      for _ in 0..<(isDeep ? 200 : 8) {
        var bytes = Array(text.utf8)
        for _ in 0..<1 + random.below(3) { Self.damage(&bytes, &random) }
        if let loaded = try? NamedGraph.reading(bytes).graph {
          accepted += 1
          try loaded.graph.verify()
          try run(loaded)
        } else {
          refused += 1
        }
      }
    }
    #expect(refused > accepted, "seed \(seed): \(refused) refused, \(accepted) accepted")
  }

  /// What the rules let through must run, or throw, if it is small.
  private func run(_ graph: NamedGraph) throws {
    let types = graph.graph.nodes.flatMap { Array($0.types) }
    let isSmall = types.allSatisfy {
      (1...10_000).contains($0.shape.elementCount) && $0.dtype.kind != .complex
    }
    guard isSmall else { return }
    var arguments: [String: NDArray] = [:]
    for (position, input) in graph.inputs.enumerated() {
      let type = graph.graph.nodes[position].types[0]
      arguments[input.name] = .ones(type.shape, dtype: type.dtype)
    }
    for (_, result) in try BoundGraph(graph, values: [:])(arguments) {
      _ = try? result.withUnsafeBytes { $0.count }
    }
  }

  private static let numbers = [
    "-1", "0", "1", "2", "7", "8", "9", "255", "2147483647", "2147483648", "4611686018427387904",
    "9223372036854775807", "-9223372036854775808", "1.5", "\"nan\"", "[]", "null", "\"batch\"",
  ]

  /// Puts another number in the place of one.
  private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    let nodes = Array("\"nodes\"".utf8)
    let start = bytes.indices.first { bytes[$0...].starts(with: nodes) } ?? 0
    let isDigit = { (byte: UInt8) in (48...57).contains(byte) || byte == 45 }
    let places = bytes.indices.filter {
      $0 > start && isDigit(bytes[$0]) && !isDigit(bytes[$0 - 1])
    }
    guard !places.isEmpty else { return }
    let place = places[random.below(places.count)]
    let end = bytes[place...].firstIndex { !isDigit($0) } ?? bytes.endIndex
    bytes.replaceSubrange(place..<end, with: Array(numbers[random.below(numbers.count)].utf8))
  }
}
