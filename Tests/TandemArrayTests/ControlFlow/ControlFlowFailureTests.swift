import Synchronization
import TandemArray
import TandemGraph
import Testing

/// What control flow refuses, in the words that the user reads.
@Suite struct ControlFlowFailureTests {
  private func expect(
    _ prefix: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable () -> Void
  ) {
    let text = failureText(body)
    #expect(
      text.hasPrefix(prefix + " (ControlFlowFailureTests.swift:"), "\(text)",
      sourceLocation: sourceLocation)
  }

  @Test func carriesThatChangeTheirType() {
    for isCompiled in [false, true] {
      expect(
        "whileLoop: carry 1 changes its type: float32[2], then float64[2]; cast it in the body, "
          + "or start with an array of that dtype"
      ) {
        let f = { @Sendable (x: NDArray) in
          whileLoop(NDArray(2), x, while: { i, _ in i .> 0 }) { i, y in
            (i - 1, y.cast(to: .float64))
          }.1
        }
        _ = isCompiled ? compile { (x: NDArray) in f(x) }(NDArray([1, 2])) : f(NDArray([1, 2]))
      }
      expect(
        "scan: carry 0 changes its type: float32[2], then float32[4]; start with an array of the "
          + "shape that the body gives"
      ) {
        let f = { @Sendable (x: NDArray) in
          scan(x, over: x) { h, e in (NDArray.concatenated([h, h]), e) }.0
        }
        _ = isCompiled ? compile { (x: NDArray) in f(x) }(NDArray([1, 2])) : f(NDArray([1, 2]))
      }
    }
    expect(
      "scan: the body gives 1 arrays to carry on, was given 2: return what the closure takes, in "
        + "the same order"
    ) {
      _ = scan([NDArray([1]), NDArray([2])], over: NDArray([1, 2])) { s, e in ([s[0]], e) }
    }
  }

  @Test func branchesOfDifferentTypes() {
    expect(
      "cond: the branches give different types: float32[2] and int32[2]; cast or reshape in one "
        + "of them"
    ) {
      _ = compile { (x: NDArray) in
        cond(x.sum() .> 0) {
          x
        } else: {
          x.cast(to: .int32)
        }
      }(NDArray([1, 2]))
    }
  }

  @Test func whatIsNoTruthValue() {
    expect("cond: the predicate needs one truth value: bool[2]") {
      _ = cond(NDArray([1, 2]) .> 0) {
        NDArray(1)
      } else: {
        NDArray(2)
      }
    }
    for isCompiled in [false, true] {
      expect("whileLoop: the condition needs one truth value: float32[]") {
        let f = { @Sendable (x: NDArray) in whileLoop(x, while: { $0 * 1 }) { $0 - 1 } }
        _ = isCompiled ? compile { (x: NDArray) in f(x) }(NDArray(1.0)) : f(NDArray(1.0))
      }
    }
  }

  @Test func elementsThatDoNotFit() {
    expect("map: the inputs need first axes of one length: float32[2], float32[3]") {
      _ = map(over: [NDArray([1, 2]), NDArray([1, 2, 3])]) { $0[0] + $0[1] }
    }
    expect("scan: needs an array to go over") {
      _ = scan(NDArray([1]), over: [NDArray]()) { h, x in (h, h) }
    }
    expect(
      "map: what the body gives changes its types: float32[1], then float32[2]; give the same for "
        + "each element"
    ) {
      _ = map(over: NDArray([1, 2])) { x in NDArray.zeros([Int(x.item())]) }
    }
  }

  @Test func assigningInside() {
    let cell = StateCell("count", 0.0)
    expect(
      "control flow: state cell count is assigned inside the body of a loop or branch; carry it, "
        + "or return it and assign it outside: float32[]"
    ) {
      _ = compile(mutating: cell) { (x: NDArray) in
        map(over: x) { x in
          cell.value = cell.value + x
          return x
        }
      }(NDArray([1, 2]))
    }
  }

  @Test func readingInside() {
    expect(
      "item: a value is read inside a traced region, where there is none yet; return it from "
        + "the region, or use where, cond or whileLoop: float32[]"
    ) {
      _ = gradient(of: { x in map(over: x) { $0 * Float($0.item()) }.sum() })(NDArray([1, 2]))
    }
  }

  /// What only the data can show names the operator inside and the iteration.
  @Test func kernelsThatFailInside() throws {
    let f = compile { (xs: NDArray) in map(over: xs) { Linalg.cholesky($0) } }
    let xs = NDArray([[[1.0, 0], [0, 1]], [[1.0, 2], [2, 1]]])
    let result = f(xs)
    do {
      try result.wait()
      Issue.record("did not fail")
    } catch {
      let text = "\(error)"
      #expect(text.contains("iteration 1: cholesky at "), "\(text)")
      #expect(text.contains("ControlFlowFailureTests.swift"), "\(text)")
    }
  }

  @Test func constantsThatChangeInside() {
    expect(
      "compile: the closure is no longer what was compiled: multiply: 1.0 → 2.0; pass what changes "
        + "as an argument, or keep it in an array or a StateCell"
    ) {
      let number = Mutex<Float>(1)
      let f = compile(.checking) { (x: NDArray) in
        map(over: x) { $0 * number.withLock { $0 } }
      }
      _ = f(NDArray([1, 2]))
      number.withLock { $0 = 2 }
      _ = f(NDArray([1, 2]))
    }
  }

  @Test func gradientsOfLoopsOverArraysOfEightAxes() {
    let shape = [1, 1, 1, 1, 1, 1, 1, 2] as Shape
    let f = { @Sendable (x: NDArray) in scan(x, over: NDArray([1, 2])) { h, e in (h * e, e) }.0 }
    let x = NDArray([1, 3]).reshaped(shape)
    #expect(compile { (x: NDArray) in f(x) }(x).flattened().scalars(as: Float.self) == [2, 6])
    let text = failureText { _ = gradient(of: { (x: NDArray) in f(x).sum() })(x) }
    #expect(
      text.hasPrefix("scan: float32\(shape) has too many axes to be stacked: float32\(shape), "),
      "\(text)")
  }
}
