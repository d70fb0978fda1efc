import Foundation
import Synchronization
import TandemArray
import Testing

/// Parameters: values, paths, and that no container hides one.
@Suite struct ParameterTests {
  private static func weight() -> Parameter { Parameter(shape: [1], initializer: .zeros) }

  private func paths(_ model: Any) -> [String] { parameters(of: model).map(\.path) }

  // MARK: Where parameters are found

  struct Leaf {
    let weight = ParameterTests.weight()
    let name = "leaf"
    let sizes = Array(repeating: 1.5, count: 1000)
  }

  enum Choice {
    case leaf(Leaf)
    case named(first: Leaf, Leaf)
    indirect case nested(Choice)
    case empty
  }

  @propertyWrapper struct Wrapped { var wrappedValue: Leaf }
  @propertyWrapper final class Boxed {
    var wrappedValue: Leaf
    init(wrappedValue: Leaf) { self.wrappedValue = wrappedValue }
  }

  class Base { let base = Leaf() }
  final class Derived: Base {
    let own = Leaf()
    weak var parent: Derived?
    unowned(unsafe) var other: Derived?
    var children: [Derived] = []
    lazy var late = Leaf()
  }

  @Test func structsAndArrays() {
    struct Model {
      let direct = ParameterTests.weight()
      let leaf = Leaf()
      let list = [Leaf(), Leaf()]
      let slice = [Leaf(), Leaf(), Leaf()][1...]
      let nested = [[Leaf()], []]
    }
    #expect(
      paths(Model()) == [
        "direct", "leaf.weight", "list.0.weight", "list.1.weight", "slice.0.weight",
        "slice.1.weight", "nested.0.0.weight",
      ])
  }

  @Test func optionalsAndTuples() {
    struct Model {
      let some: Leaf? = Leaf()
      let none: Leaf? = nil
      let parameter: Parameter? = ParameterTests.weight()
      let twice: Leaf?? = .some(.some(Leaf()))
      let pair = (Leaf(), Leaf())
      let labelled = (query: Leaf(), key: Leaf())
    }
    #expect(
      paths(Model()) == [
        "some.weight", "parameter", "twice.weight", "pair.0.weight", "pair.1.weight",
        "labelled.query.weight", "labelled.key.weight",
      ])
  }

  @Test func dictionariesInOrderOfTheirKeys() {
    let keys = ["b", "a", "d", "c", "e", "f"]
    let leaves = Dictionary(uniqueKeysWithValues: keys.map { ($0, Leaf()) })
    #expect(paths(["layers": leaves]) == keys.sorted().map { "layers.\($0).weight" })
    #expect(paths([2: Leaf(), 1: Leaf()]) == ["1.weight", "2.weight"])
  }

  @Test func enumPayloads() {
    struct Model {
      let choices: [Choice] = [
        .leaf(Leaf()), .named(first: Leaf(), Leaf()), .nested(.leaf(Leaf())), .empty,
      ]
    }
    #expect(
      paths(Model()) == [
        "choices.0.leaf.weight", "choices.1.named.first.weight", "choices.1.named.1.weight",
        "choices.2.nested.leaf.weight",
      ])
  }

  @Test func existentials() {
    struct Model {
      let any: Any = Leaf()
      let anys: [Any] = [Leaf(), 3, "text", ParameterTests.weight()]
      let object: AnyObject = Derived()
    }
    #expect(
      paths(Model()) == [
        "any.weight", "anys.0.weight", "anys.3", "object.base.weight", "object.own.weight",
      ])
  }

  @Test func classesAndCycles() {
    let (root, child) = (Derived(), Derived())
    root.children = [child, child]
    child.parent = root
    child.other = root
    _ = child.late
    #expect(
      paths(root) == [
        "base.weight", "own.weight", "children.0.base.weight", "children.0.own.weight",
        "children.0.late.weight",
      ])
  }

  @Test func propertyWrappers() {
    struct Model {
      @Wrapped var structure = Leaf()
      @Boxed var object = Leaf()
    }
    #expect(paths(Model()) == ["structure.weight", "object.weight"])
  }

  @Test func sharedParametersKeepTheirFirstPath() {
    struct Model {
      let embedding: Leaf
      let output: Leaf
      let list: [Parameter]
    }
    let leaf = Leaf()
    let model = Model(embedding: leaf, output: leaf, list: [leaf.weight, ParameterTests.weight()])
    #expect(paths(model) == ["embedding.weight", "list.1"])
  }

  @Test func typesThatNameTheirOwn() {
    struct Hidden: Parameterized {
      let make: @Sendable () -> [Parameter]
      var parameters: [(path: String, parameter: Parameter)] {
        make().enumerated().map { ("hidden\($0)", $1) }
      }
    }
    let weights = [ParameterTests.weight(), ParameterTests.weight()]
    #expect(paths(["a": Hidden { weights }]) == ["a.hidden0", "a.hidden1"])
  }

  @Test func nothingToFind() {
    #expect(paths(3).isEmpty && paths("text").isEmpty && paths(NDArray(1)).isEmpty)
    #expect(paths([1.5, 2]).isEmpty && paths(Int?.none as Any).isEmpty)
    #expect(paths(ParameterTests.weight()) == [""])
  }

  // MARK: Paths and values

  @Test func theFirstPathStays() {
    let leaf = Leaf()
    #expect(leaf.weight.path == "unbound")
    bindParameters(of: ["encoder": leaf])
    #expect(leaf.weight.path == "encoder.weight")
    bindParameters(of: leaf)
    #expect(leaf.weight.path == "encoder.weight")
  }

  /// First values depend on seed and path, not on the order in which they are made.
  @Test func firstValuesFollowPaths() {
    func values(seed: UInt64, _ order: [String]) -> [String: [Float]] {
      withSeed(seed) {
        _ = NDArray.random.normal([3])
        let made = order.map { path in
          let parameter = Parameter(shape: [4], initializer: .heNormal)
          parameter.bind(path: path)
          return (path, parameter.value.scalars(as: Float.self))
        }
        return Dictionary(uniqueKeysWithValues: made)
      }
    }
    let first = values(seed: 1, ["a", "b", "c"])
    #expect(first == values(seed: 1, ["c", "a", "b"]))
    #expect(first["a"] != first["b"])
    #expect(first["a"] != values(seed: 2, ["a"])["a"])
    // Without paths they differ all the same.
    let unbound = withSeed(1) {
      (0..<2).map { _ in
        Parameter(shape: [4], initializer: .heNormal).value.scalars(as: Float.self)
      }
    }
    #expect(unbound[0] != unbound[1])
  }

  @Test func lengthsAreInferred() {
    let weight = Parameter(shape: [4, nil, nil], initializer: .ones)
    #expect(!weight.isInitialized)
    #expect(weight.value(for: 3, 2).shape == [4, 3, 2])
    #expect(weight.isInitialized)
    #expect(weight.value.shape == [4, 3, 2])
    #expect(weight.value(for: 3, 2).shape == [4, 3, 2])
    weight.value = .zeros([4, 9, 1])
    #expect(weight.value.shape == [4, 9, 1])
  }

  /// A first value that is made inside of recordings and traces is a value all the same.
  @Test func firstValuesAreMadeOutsideOfTraces() {
    let weight = Parameter(shape: [nil], initializer: .ones)
    let (graph, captures) = Graph.trace(inputs: [.float32([3])]) { [$0[0] + weight.value(for: 3)] }
    #expect(captures.count == 1)
    #expect(graph.nodes.count == 3)
    #expect(weight.value.sum().item() == 3)
  }

  @Test func valuesThatAreSetAreDetached() {
    let (weight, other) = (Parameter(NDArray([1])), Parameter(NDArray([2])))
    record { other.value = weight.value * 3 }
    record { (other.value * 2).sum() }.backward()
    #expect(weight.gradient == nil)
    #expect(other.gradient?.item() == 2)
    record { other.update { $0 += weight.value } }
    record { (other.value * 2).sum() }.backward()
    #expect(weight.gradient == nil)
  }

  @Test func stateCells() {
    let cell = StateCell("learningRate", 0.1)
    #expect(cell.name == "learningRate")
    #expect(cell.number == Double(Float(0.1)))
    cell.number = 0.5
    #expect(cell.value.item() == 0.5)
    cell.value = NDArray([1, 2])
    cell.update { $0 += 1 }
    #expect(cell.value.scalars(as: Float.self) == [2, 3])
    let other = StateCell("other", NDArray([5, 6]))
    StateCell.update([cell, other]) { values in
      values.swapAt(0, 1)
      values[0][0] = 7
    }
    #expect(cell.value.scalars(as: Float.self) == [7, 6])
    #expect(other.value.scalars(as: Float.self) == [2, 3])
    StateCell.update([]) { #expect($0.isEmpty) }
  }

  @Test func numbersOfCellsKeepTheirType() {
    let count = StateCell("count", 0)
    #expect(count.value.type == .float32([]))
    let exact = StateCell("exact", NDArray(0.1, dtype: .float64))
    exact.number = 0.3
    #expect(exact.value.type == .float64([]) && exact.number == 0.3)
    let steps = StateCell("steps", NDArray(3, dtype: .int64))
    steps.number = 4
    #expect(steps.value.type == .int64([]) && steps.number == 4)
  }

  /// What others see meanwhile is from before or after.
  @Test func cellsThatChangeAreSeenWhole() {
    let cells = (0..<2).map { StateCell("\($0)", NDArray.zeros([3])) }
    let strange = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for _ in 0..<300 {
        if thread < 2 {
          StateCell.update(cells) { for index in $0.indices { $0[index] += 1 } }
        } else if cells[thread - 2].value.shape != [3] {
          strange.withLock { $0 += 1 }
        }
      }
    }
    #expect(strange.withLock { $0 } == 0)
    for cell in cells { #expect(cell.value.scalars(as: Int.self) == [600, 600, 600]) }
  }

  /// Two models that are bound alike start alike, unless they are given seeds.
  @Test func firstValuesFollowTheSeedOfTheBinding() {
    func values(_ seed: UInt64?, binding: Bool = true) -> [Float] {
      let parameter = Parameter(shape: [4], initializer: .heNormal)
      if binding { bindParameters(of: ["a": parameter], seed: seed) }
      return parameter.value.scalars(as: Float.self)
    }
    withSeed(1) {
      #expect(values(nil) == values(nil) && values(nil) == values(1))
      #expect(values(7) == values(7) && values(7) != values(8) && values(7) != values(nil))
      #expect(values(nil, binding: false) != values(nil, binding: false))
      let kept = Parameter(shape: [4], initializer: .heNormal)
      kept.bind(path: "a", seed: 7)
      bindParameters(of: ["b": kept], seed: 8)
      #expect(kept.path == "a" && kept.value.scalars(as: Float.self) == values(7))
    }
  }
}
