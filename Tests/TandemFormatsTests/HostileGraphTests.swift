import Foundation
import TandemArray
import TandemGraph
import TandemNN
import TestSupport
import Testing

@testable import TandemFormats

/// Saved graphs that lie. None may crash, hang, or give a graph whose rules do not hold.
@Suite struct HostileGraphTests {
  let folder = TemporaryFolder()

  /// A graph that was saved, with a loop, a draw, a parameter and a dynamic axis.
  private func saved() throws -> String {
    let weight = Parameter(NDArray([[1, 2], [3, 4]]))
    let graph = Graph.trace(
      inputs: ["x": .float32(["batch", 2])], parametersOf: ["w": weight]
    ) { (x: NDArray) in
      let y = x.matmul(weight.value).reshaped([x.shape[0] * 2]) + 0.5
      let (h, _) = scan(y.sum(), over: y) { h, e in (h * e + NDArray.random.uniform([]), e) }
      return ["h": h, "y": y]
    }
    try graph.save(folder.path + "/graph.json")
    return String(decoding: bytes(of: folder.path + "/graph.json"), as: UTF8.self)
  }

  /// What is said of a text, without the file's name. The tensors do not say whose they are.
  private func complaint(_ text: String) throws -> String? {
    let tensors = folder.path + "/graph.safetensors"
    if let arrays = try? loadArrays(from: tensors) {
      try save(arrays.map { ($0.key, $0.value) }, to: tensors)
    }
    let path = folder.write(Array(text.utf8), "graph.json")
    do {
      _ = try Graph.load(path)
      return nil
    } catch {
      #expect(error.message.hasPrefix("graph: ") && error.message.hasSuffix(": \(path)"))
      return String(error.message.dropFirst("graph: ".count).dropLast(path.count + 2))
    }
  }

  /// What is said after a replacement, which must be possible; `…` stands for the rest.
  private func refuses(_ old: String, _ new: String, _ expected: String) throws {
    let text = try saved()
    let range = try #require(text.range(of: old), "\(old)")
    let found = try complaint(text.replacingCharacters(in: range, with: new)) ?? "nothing"
    if expected.hasSuffix("…") {
      #expect(found.hasPrefix(expected.dropLast()), "\(found)")
    } else {
      #expect(found == expected)
    }
  }

  @Test func header() throws {
    #expect(try complaint(try saved()) == nil)
    #expect(try complaint("") == "no JSON: unexpected end at byte 0")
    #expect(try complaint("[]") == #"no saved graph: no "format": "tandem.graph""#)
    let deep = try complaint(#"{"format":"# + String(repeating: "[", count: 100_000)) ?? ""
    #expect(deep.hasPrefix("no JSON: nested too deep"))
    let version = "\"version\": 1"
    try refuses(version, "\"version\": 2", "unknown version: 2, not 1")
    try refuses(version, "\(version), \"more\": 1", #"unknown member "more""#)
    try refuses(version, "\(version), \(version)", #"no JSON: repeated member "version"…"#)
  }

  @Test func inputs() throws {
    try refuses(
      #""name":"w""#, #""name":"x""#, #"inputs need names of their own: "x""#)
    try refuses(
      #""role":"parameter""#, #""role":"teacher""#, "1.role: …")
    let shape = #""shape":[2,2]"#
    try refuses(shape, #""shape":[2,2,-1]"#, "shape: negative length: [2, 2, -1]")
    try refuses(
      shape, #""shape":[2147483648]"#, "axis too long: float32[2147483648]: input 1")
    try refuses(
      shape, #""shape":["batch",2]"#, #"input "w" is float32[2, 2], named float32[batch, 2]"#)
    try refuses(
      #""batch":2"#, #""batch":0"#, "…")
    try refuses(#""dtype":"uint64""#, #""dtype":"float99""#, "…")
  }

  @Test func nodes() throws {
    let op = "tandem.matmul@1"
    for name in ["tandem.matmule@1", "tandem.matmul@2", "matmul@1"] {
      try refuses(op, name, #"unknown operator: "\#(name)": node 5 (\#(name))"#)
    }
    let inputs = #""inputs":[0,1]"#
    for (node, text) in [("5", "5"), ("-1", "-1")] {
      try refuses(
        inputs, "\"inputs\":[0,\(node)]",
        "uses node \(text), which is not before it: node 5 (\(op))")
    }
    try refuses(
      inputs, #""inputs":[0,[1,1]]"#, "uses output 1 of node 1, which has none: node 5 (\(op))")
    try refuses(
      inputs, #""inputs":[0]"#, "matmul: needs 2 inputs, got 1: float32[2, 2]: node 5 (\(op))")
    try refuses(
      inputs, #""inputs":[0,2]"#,
      "matmul: needs two or more axes: float32[2, 2], uint64[]: node 5 (\(op))")
    let types = #","types":[{"dtype":"float32","shape":[2,"#
    try refuses(
      inputs + types + "2", inputs + types + "3",
      "saved as float32[2, 3], its rule gives float32[2, 2]: node 5 (\(op))")
    let path = String(repeating: "p", count: 257)
    try refuses(inputs, #""path":"\#(path)","# + inputs, "path too long: 257 bytes: node 5 (\(op))")
    try refuses(
      inputs, inputs + #","attributes":{"a":1}"#,
      #"attributes: unknown member "a": node 5 (tandem.matmul@1)"#)
    try refuses(
      "[\"2*batch\"]", "[\"2*time\"]",
      #"attributes.shape.0: wanted Int, got "2*time": node 6 (tandem.reshaped@1)"#)
    try refuses(
      #""isReversed":false"#, #""isReversed":0"#,
      "attributes.isReversed: wanted true or false, got 0: node …")
    try refuses(#""carryCount":1"#, #""carryCount":-1"#, "scan: there is no count -1: …")
    try refuses(#""hasKey":true"#, #""hasKey":false"#, "scan: needs 1 carries, 1 inputs and …")
  }

  @Test func outputs() throws {
    try refuses(
      #"{"name":"y""#, #"{"name":"h""#, #"results need names of their own: "h""#)
    try refuses(
      #"{"name":"y","value":"#, #"{"name":"y","value":9"#, "uses node 9…")
  }

  @Test func tensors() throws {
    let text = try saved()
    for name in ["", ".", "..", "../graph.safetensors", "/etc/passwd", "a/b", "a\\u0000b"] {
      try refuses(
        "\"tensors\": \"graph.safetensors\"", "\"tensors\": \"\(name)\"",
        "the tensors' file is no plain name: …")
    }
    try refuses(
      "\"tensors\": \"graph.safetensors\",\n", "", #"no file with the tensor "w""#)
    let tensors = folder.path + "/graph.safetensors"
    func message(_ arrays: [(String, NDArray)]) throws -> String {
      folder.write(Array(text.utf8), "graph.json")
      try save(arrays, to: tensors)
      do {
        _ = try Graph.load(folder.path + "/graph.json")
        return "nothing"
      } catch { return "\(error)" }
    }
    #expect(try message([]).hasPrefix(#"graph: no value for parameter "w": float32[2, 2]"#))
    #expect(
      try message([("w", .zeros([2, 3]))]).hasPrefix(
        #"graph: parameter "w" is float32[2, 2], was given float32[2, 3]"#))
    #expect(
      try message([("w", .zeros([2, 2])), ("v", .zeros([1]))]).hasPrefix(
        #"graph: has no tensor "v""#))
    // A text that was saved after the tensors.
    _ = try saved()
    folder.write(Array((text + " ").utf8), "graph.json")
    #expect(throws: FormatError.self) { try Graph.load(folder.path + "/graph.json") }
  }

  @Test func everyTornTextIsRefused() throws {
    let text = Array(try saved().utf8)
    for count in stride(from: 0, to: text.count - 2, by: 7) {
      #expect(throws: SavedGraphError.self) { try NamedGraph.reading(Array(text.prefix(count))) }
    }
  }

  /// Bytes changed, pieces left out, doubled and exchanged: refused, or graphs whose rules hold.
  @Test(arguments: [UInt64(1)]) func mutatedTexts(seed: UInt64) throws {
    let isDeep = ProcessInfo.processInfo.environment["TANDEM_DEEP"] != nil
    let text = Array(try saved().utf8)
    var random = SplitMix(seed: seed)
    var (refused, accepted) = (0, 0)
    for _ in 0..<(isDeep ? 20_000 : 600) {
      var damaged = text
      for _ in 0..<1 + random.below(3) { Self.damage(&damaged, &random) }
      if let graph = try? NamedGraph.reading(damaged).graph {
        accepted += 1
        try graph.graph.verify()
        _ = try? graph.inferred([:])
        _ = try? graph.graph(for: ["batch": 3])
      } else {
        refused += 1
      }
    }
    #expect(refused > accepted, "seed \(seed): \(refused) refused, \(accepted) accepted")
  }

  /// Texts of other graphs: branches and a loop with a count; a convolution with pooling; pieces
  /// of arrays.
  private func otherTexts() throws -> [String] {
    let network = Sequential {
      Conv2D(channels: 3, kernel: 3, padding: 1)
      MaxPool2D(2)
    }
    _ = network(.zeros([1, 2, 6, 6]))
    let graphs = [
      Graph.trace(inputs: ["x": .float32([3, 4])]) { (x: NDArray) in
        let y = cond(x.sum() .> 0) {
          x * 2
        } else: {
          x - 1
        }
        return ["y": scan(NDArray.zeros([4]), over: y) { h, row in (h + row, h * row) }.1]
      },
      Graph.trace(inputs: ["x": .float32([1, 2, 6, 6])], parametersOf: ["net": network]) {
        (x: NDArray) in ["y": network(x)]
      },
      Graph.trace(inputs: ["x": .float32([5, 4]), "i": .int64([3])]) {
        (x: NDArray, i: NDArray) in
        ["y": x[1..<4, .stride(by: 2)].sum(axis: 0), "z": x[i] + x.transposed()[0, ..<3].max()]
      },
    ]
    return try graphs.map { graph in
      try graph.save(folder.path + "/other.json")
      return String(decoding: bytes(of: folder.path + "/other.json"), as: UTF8.self)
    }
  }

  /// Runs what is still accepted of damaged texts; returns how many graphs ran.
  private func runAccepted(seed: UInt64, rounds: Int) throws -> Int {
    var random = SplitMix(seed: seed)
    var count = 0
    for text in try [saved()] + otherTexts() {
      for _ in 0..<rounds {
        var damaged = Array(text.utf8)
        Self.damage(&damaged, &random)
        guard let named = try? NamedGraph.reading(damaged).graph,
          let graph = try? named.graph(for: ["batch": 2])
        else { continue }
        let elements = graph.nodes.flatMap(\.types).reduce(0) { $0 + $1.shape.elementCount }
        if elements > 1 << 20 { continue }
        var (values, arguments): ([String: NDArray], [String: NDArray]) = ([:], [:])
        for (position, input) in named.inputs.enumerated() {
          let type = graph.nodes[position].types[0]
          let array = NDArray.zeros(type.shape, dtype: type.dtype)
          switch input.role {
          case .argument: arguments[input.name] = array
          case .parameter, .constant: values[input.name] = array
          default: break
          }
        }
        guard let results = try? BoundGraph(named, values: values)(arguments) else { continue }
        for array in results.values { try? array.wait() }
        count += 1
      }
    }
    return count
  }

  /// In a process of its own, which must live.
  @Test func acceptedGraphsRun() async {
    await #expect(processExitsWith: .success) {
      // Most that is accepted differs in a digit.
      let count = try HostileGraphTests().runAccepted(seed: 2, rounds: 600)
      #expect(count >= 20)
    }
  }

  private static func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    let place = random.below(bytes.count)
    let length = min(1 + random.below(24), bytes.count - place)
    switch random.below(6) {
    case 0: bytes[place] ^= 1 << UInt8(random.below(8))
    case 1: bytes.removeSubrange(place..<place + length)
    case 2: bytes.insert(contentsOf: bytes[place..<place + length], at: random.below(bytes.count))
    case 3:
      let other = random.below(bytes.count)
      bytes.swapAt(place, other)
    default:
      // A digit in place of a digit keeps the text well formed.
      let digits = bytes.indices.filter { (48...57).contains(bytes[$0]) }
      if !digits.isEmpty {
        bytes[digits[random.below(digits.count)]] = 48 + UInt8(random.below(10))
      }
    }
  }
}
