import Synchronization
import TandemArray
import TandemGraph
import Testing

/// What a region refuses, in the words that the user reads, and what its checking modes find.
@Suite struct CompileFailureTests {
  @Test func readingInside() {
    let text = failureText {
      let f = compile { (x: NDArray) in x * Float(x.sum().item()) }
      _ = f(NDArray([1, 2]))
    }
    #expect(
      text.hasPrefix(
        "item: a value is read inside a traced region, where there is none yet; return it from "
          + "the region, or use where, cond or whileLoop: float32[] (CompileFailureTests.swift:"))
  }

  @Test func reportsNameKernelsOfLoops() {
    let f = compile { (x: NDArray) in
      scan(NDArray.zeros([4]), over: x) { h, row in ((h * row).sin() + h, row) }.0
    }
    _ = f(.zeros([3, 4]))
    #expect(f.report.compilation.kernels.count >= 1, "\(f.report.compilation)")
  }

  @Test func negativeMemoryLimits() {
    let text = failureText { _ = CompileOptions.withMemoryLimit(-1) }
    #expect(
      text.hasPrefix(
        "compile: negative memory limit: -1 bytes (CompileFailureTests.swift:"), "\(text)")
  }

  @Test func readingACapturedArrayInside() {
    let text = failureText {
      let scale = NDArray([3])
      let f = compile { (x: NDArray) in x * Float(scale.item()) }
      _ = f(NDArray([1, 2]))
    }
    #expect(
      text.hasPrefix(
        "item: the value of an array from outside is read inside a traced region, which would "
          + "keep it as a constant; compute with the array, or read it before: float32[1] "
          + "(CompileFailureTests.swift:"), "\(text)")
  }

  @Test func escapingSymbols() {
    let kept = Mutex<NDArray?>(nil)
    let f = compile { (x: NDArray) in
      kept.withLock { $0 = x * 2 }
      return x + 1
    }
    _ = f(NDArray([1, 2]))
    let texts = [
      failureText { print(kept.withLock { $0 }.map { $0 + 1 } ?? 0) },
      failureText { print(kept.withLock { $0 }?.scalars(as: Float.self) ?? []) },
      failureText { _ = f(kept.withLock { $0 } ?? 0) },
    ]
    #expect(
      texts[0].hasPrefix(
        "add: an array has left the traced region that it belongs to; return it from the region: "
          + "float32[2], float32[] (CompileFailureTests.swift:"), "\(texts[0])")
    #expect(
      texts[1].hasPrefix(
        "scalars: an array has left the traced region that it belongs to; return it from the "
          + "region: float32[2] (CompileFailureTests.swift:"), "\(texts[1])")
    #expect(
      texts[2].hasPrefix(
        "compile: argument 0 has left the traced region that it belongs to; return it from the "
          + "region: float32[2] (CompileFailureTests.swift:"), "\(texts[2])")
  }

  @Test func assigningWhatIsNotListed() {
    let (weight, other) = (Parameter(NDArray([1, 2])), Parameter(NDArray([1, 2])))
    weight.bind(path: "blocks.0.weight")
    let cell = StateCell("count", 0.0)
    let texts = [
      failureText {
        let f = compile { (x: NDArray) in weight.value = x * 2 }
        f(NDArray([1, 2]))
      },
      failureText {
        let f = compile(mutating: other) { (x: NDArray) in weight.value = x * 2 }
        f(NDArray([1, 2]))
      },
      failureText {
        let f = compile { (x: NDArray) in cell.value = x.sum() }
        f(NDArray([1, 2]))
      },
      failureText {
        let f = compile { (x: NDArray) in record { (weight.value * x).sum() }.backward() }
        f(NDArray([1, 2]))
      },
    ]
    let inside = "is assigned inside the region, which changes nothing outside; "
    #expect(
      texts[0].hasPrefix(
        "compile: parameter blocks.0.weight \(inside)say so: compile(mutating: owner) { … } "
          + "(CompileFailureTests.swift:"), "\(texts[0])")
    #expect(
      texts[1].hasPrefix(
        "compile: parameter blocks.0.weight \(inside)list its owner: compile(mutating: …, owner) "
          + "(CompileFailureTests.swift:"), "\(texts[1])")
    #expect(texts[2].hasPrefix("compile: state cell count \(inside)"), "\(texts[2])")
    #expect(
      texts[3].hasPrefix("compile: the gradient of parameter blocks.0.weight \(inside)"),
      "\(texts[3])")
  }

  @Test func dataDependentShapesInside() {
    let text = failureText {
      let f = compile { (x: NDArray) in x[x .> 0] }
      _ = f(NDArray([1, 2]))
    }
    #expect(text.contains("which a traced region does not have; use where"), "\(text)")
  }

  @Test("checking mode names the constant that changed, its operator and line")
  func checking() {
    let factor = Mutex<Float>(2)
    let text = failureText {
      let f = compile(.checking) { (x: NDArray) in
        (x + 1) * factor.withLock { $0 }
      }
      _ = f(NDArray([1, 2]))
      _ = f(NDArray([1, 2]))
      factor.withLock { $0 = 3 }
      _ = f(NDArray([1, 2]))
    }
    #expect(
      text.hasPrefix(
        "compile: the closure is no longer what was compiled: multiply: 2.0 → 3.0; pass what "
          + "changes as an argument, or keep it in an array or a StateCell "
          + "(CompileFailureTests.swift:"), "\(text)")
    let axis = Mutex(0)
    let other = failureText {
      let f = compile(.checking) { (x: NDArray) in x.sum(axis: axis.withLock { $0 }) }
      _ = f(NDArray([[1, 2], [3, 4]]))
      axis.withLock { $0 = 1 }
      _ = f(NDArray([[1, 2], [3, 4]]))
    }
    #expect(
      other.hasPrefix(
        "compile: the closure is no longer what was compiled: sum[axes: [0], keepDims: false] → "
          + "sum[axes: [1], keepDims: false];"), "\(other)")
  }

  @Test("checking mode draws no random numbers of its own")
  func checkingDraws() {
    func draws(_ options: CompileOptions) -> [[Float]] {
      withSeed(3) {
        let f = compile(options) { (x: NDArray) in x + NDArray.random.normal([2]) }
        return (0..<3).map { _ in f(NDArray([0, 0])).scalars() }
      }
    }
    #expect(draws(.standard) == draws(.checking))
    #expect(draws(.standard) == draws(.shadowing))
  }

  /// A pass that computes something else: additions become subtractions.
  private struct Miscompile: Pass {
    let name = "miscompile"

    func run(_ graph: Graph, _ context: PassContext) -> PassResult {
      var changed = graph
      changed.nodes = graph.nodes.map { node in
        guard case .operation(let op) = node.kind, op is Add else { return node }
        return Graph.Node(kind: .operation(Subtract()), inputs: node.inputs, types: node.types)
      }
      return PassResult(changed, changeCount: 1)
    }
  }

  @Test("shadow mode catches a planted miscompile, and passes what is right")
  func shadow() {
    let weight = Parameter(NDArray([1, 2]))
    let right = compile(mutating: weight, options: .shadowing) { (x: NDArray) in
      weight.value = weight.value * x
      return weight.value + 1
    }
    for _ in 0..<3 { _ = right(NDArray([1, 2])) }
    #expect(weight.value.scalars(as: Float.self) == [1, 16])
    let text = failureText {
      var options = CompileOptions.shadowing
      options.pipeline = [Miscompile()]
      let f = compile(options) { (x: NDArray) in (x * 2, x + 1) }
      _ = f(NDArray([0, 2]))
    }
    #expect(
      text.hasPrefix(
        "compile: result 1 differs from eager: element 0 of float32[2]: 1.0, compiled -1.0 "
          + "(CompileFailureTests.swift:"), "\(text)")
  }
}
