import Foundation
import TandemArray
import TandemOps
import TestSupport
import Testing

/// Every operator of the catalog as text and back, and texts that lie.
@Suite struct SavedOperatorTests {
  private func graph(_ sample: OperatorSample) throws -> NamedGraph {
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
    for sample in OperatorSample.all {
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
    let text = try graph(OperatorSample(op: Shifted(by: 2.5), types: [.float32([2])])).text(
      tensors: nil)
    #expect(text.contains(#"{"op":"test.shifted@1","inputs":[0],"attributes":{"by":2.5}"#))
    #expect(throws: SavedGraphError.self) { try NamedGraph.reading(Array(text.utf8)) }
    try Catalog.register(Shifted.self)
    let loaded = try NamedGraph.reading(Array(text.utf8)).graph
    #expect(try loaded.text(tensors: nil) == text)
    let opaque = try graph(OperatorSample(op: Opaque(), types: [.float32([2])]))
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
    for sample in OperatorSample.all {
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
