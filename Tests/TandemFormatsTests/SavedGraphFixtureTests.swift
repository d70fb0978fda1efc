import Foundation
import TandemArray
import TandemGraph
import TestSupport
import Testing

@testable import TandemFormats

/// The saved graph in `Tests/Fixtures/Formats`, which a Python script reads, too: it evaluates the
/// text with PyTorch (`saved_graph.py`).
@Suite struct SavedGraphFixtureTests {
  private static let weight = Parameter(numbers([3, 4], 2))
  private static let scale = Parameter(numbers([3], 3))

  /// The numbers that the script makes.
  private static func numbers(_ shape: Shape, _ k: Int) -> NDArray {
    let numbers = (0..<shape.elementCount).map { sin(0.7 * Double($0) + 0.3 * Double(k)) }
    return NDArray(numbers, dtype: .float64).reshaped(shape)
  }

  /// A network with a bit of everything: a layer, loops, a branch, lengths in attributes and in
  /// a constant.
  private static func graph() -> BoundGraph {
    Graph.trace(
      inputs: ["x": .float64(["batch", 4]), "h": .float64([3])],
      parametersOf: ["weight": weight, "scale": scale]
    ) { (x: NDArray, h: NDArray) in
      let batch = x.shape[0]
      let rows = x.linear(weight.value, bias: h).tanh()
      let wide = (rows * scale.value).reshaped([batch * 3])
      let (last, all) = scan([h, h * 2], over: rows, reversed: true) { s, row in
        ([(s[0] * row).sin() + h, s[1] + row], s[0].sum())
      }
      let (_, looped) = whileLoop(NDArray(3), last[0], while: { i, _ in i .> 0 }) { i, y in
        (
          i - 1,
          cond(y.sum() .> 0.5) {
            y * last[1]
          } else: {
            y + scale.value
          }
        )
      }
      let normal = rows.layerNormalization(scale: scale.value, bias: looped, epsilon: 1e-5)
      let picked = normal[.all, .stride(by: 2)]
      let loss = picked.squared().sum() / Double(batch) + (wide * wide).sum() + all.sum()
      return ["loss": loss, "wide": wide, "last": looped, "all": all]
    }
  }

  @Test func writesTheFixture() throws {
    let folder = TemporaryFolder()
    try Self.graph().save(folder.path + "/graph.json")
    for name in ["graph.json", "graph.safetensors"] {
      #expect(
        bytes(of: "\(folder.path)/\(name)") == bytes(of: "\(fixtures)/\(name)"), "\(name)")
    }
    if let copy = ProcessInfo.processInfo.environment["TANDEM_WRITE_FIXTURES"] {
      try Self.graph().save(copy + "/graph.json")
    }
  }

  @Test(arguments: [2, 5]) func agreesWithPyTorch(batch: Int) throws {
    let loaded = try Graph.load(fixtures + "/graph.json")
    let names = loaded.named.inputs.filter { $0.type.dtype == .float64 }.map(\.name)
    let slopes = try loaded.gradient(of: "loss", withRespectTo: names)
    let arguments = ["x": Self.numbers([batch, 4], 0), "h": Self.numbers([3], 1)]
    let found = try loaded(arguments)
      .merging(slopes(arguments).map { ("d \($0.key)", $0.value) }) { first, _ in first }
    var compared = 0
    let text = String(decoding: bytes(of: fixtures + "/saved_graph.txt"), as: UTF8.self)
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":").map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts[0] == "\(batch)" else { continue }
      let expected = parts[2].split(separator: " ").compactMap { Double($0) }
      let numbers: [Double] = try #require(found[parts[1]], "\(parts[1])").scalars()
      #expect(numbers.count == expected.count)
      for (a, b) in zip(numbers, expected) {
        #expect(abs(a - b) <= 1e-12 * max(1, abs(b)), "\(parts[1]): \(a), PyTorch \(b)")
      }
      compared += 1
    }
    #expect(compared == 4 + names.count)
  }
}
