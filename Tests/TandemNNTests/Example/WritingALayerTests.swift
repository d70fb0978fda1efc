import Foundation
import TandemArray
import TandemNN
import Testing

/// The worked example of the documentation: the page shows the file that is compiled here, and the
/// layer of that file does what the page says.
@Suite struct WritingALayerTests {
  @Test func pageShowsTheFile() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    let root = folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appending(path: "Sources/TandemNN/TandemNN.docc/WritingALayer.md"),
      encoding: .utf8)
    let file = try String(contentsOf: folder.appending(path: "GatedDense.swift"), encoding: .utf8)
    #expect(page.contains("```swift\n\(file)```\n"))
    let lines = file.split(separator: "\n").filter {
      !$0.hasPrefix("import") && !$0.hasPrefix("//")
    }
    #expect(lines.count < 15)
  }

  @Test("its parameters are found, trained and frozen; compiled it gives the same bits")
  func layer() throws {
    let layer = GatedDense(3)
    let x = NDArray.random.normal([4, 2], seed: 1)
    let y = layer(x)
    #expect(y.shape == [4, 3])
    #expect(
      layer.parameters.map(\.path) == ["value.weight", "gate.weight", "gate.bias", "strength"])
    #expect(layer.trainableCount == 16)
    layer.freeze { $0.hasPrefix("gate.") }
    #expect(layer.trainableCount == 7)
    record { layer(x).sum() }.backward()
    #expect(layer.value.weight.gradient != nil && layer.gate.weight.gradient == nil)
    layer.unfreeze()
    let region = compile(mutating: layer) { (x: NDArray) in layer(x) }
    #expect(region(x).scalars(as: Float.self) == y.scalars(as: Float.self))
  }

  @Test("lists and dictionaries of layers are walked, and shared layers are found once")
  func containers() {
    struct Model: Layer {
      let list: [any Layer]
      let named: [String: any Layer]

      func callAsFunction(_ x: NDArray) -> NDArray {
        named.values.reduce(list.reduce(x) { $1($0) }) { $0 + $1(x) }
      }
    }
    let shared = Dense(2, inputs: 2, hasBias: false)
    let model = Model(
      list: [shared, shared], named: ["b": Dense(2, inputs: 2, hasBias: false), "a": shared])
    #expect(model.parameters.map(\.path) == ["list.0.weight", "named.b.weight"])
    #expect(model(.ones([1, 2])).shape == [1, 2])
  }
}
