import TandemGraph

/// Calls `body` as long as `condition` gives true, handing values from each call to the next.
///
///     let (_, y) = whileLoop(n, NDArray.ones(like: x), while: { i, _ in i .> 0 }) { i, y in
///       (i - 1, y * x)
///     }
///
/// In eager mode the closures are called for each iteration, and each condition is waited for.
/// While gradients are recorded, and in compiled regions, each closure is called once, with arrays
/// that stand for values, and the loop runs inside of one operation. Types must stay the same from
/// call to call. Gradients flow to the first values and to what `body` uses from outside; see
/// ``WhileLoopGradient`` for what that costs. Random draws inside are keyed by the one tick that
/// the loop takes and the iteration.
///
/// A loop that never ends blocks everything that depends on it.
///
/// - Parameters:
///   - first: what the first call is given.
///   - condition: gives a zero-dimensional bool.
///   - body: gives the next values, of the same types.
/// - Returns: the last values.
public func whileLoop<each Carry: ArrayTree>(
  _ first: repeat each Carry, while condition: (repeat each Carry) -> NDArray,
  file: StaticString = #fileID, line: UInt = #line,
  _ body: (repeat each Carry) -> (repeat each Carry)
) -> (repeat each Carry) {
  func next<Tree: ArrayTree>(_ type: Tree.Type, _ reader: inout ArrayLeafReader) -> Tree {
    .take(from: &reader)
  }
  var start = ArrayLeaves()
  repeat (each first).append(to: &start)
  let results = ControlFlow.whileLoop(start, at: CallSite(file, line)) { reader in
    condition(repeat next((each Carry).self, &reader))
  } body: { reader in
    let results = body(repeat next((each Carry).self, &reader))
    var leaves = ArrayLeaves()
    repeat (each results).append(to: &leaves)
    return leaves
  }
  var reader = ArrayLeafReader(results, structure: start.structure)
  return (repeat next((each Carry).self, &reader))
}

extension ControlFlow {
  static func whileLoop(
    _ first: ArrayLeaves, at site: CallSite, condition: (inout ArrayLeafReader) -> NDArray,
    body: (inout ArrayLeafReader) -> ArrayLeaves
  ) -> [NDArray] {
    var start = first
    start.arrays = first.arrays.map(\.settled)
    if !isTraced { return runWhile(start, at: site, condition, body) }
    let types = start.arrays.map(\.type)
    let test = BodyTrace(types, structure: start.structure, isDifferentiable: false) { reader in
      var leaves = ArrayLeaves()
      leaves.append(condition(&reader))
      return leaves
    }
    requireTruth(test.results.arrays[0], at: site)
    let step = BodyTrace(types, structure: start.structure, body)
    check(start, step.results, of: "whileLoop", at: site)
    let captures = union([test, step])
    let key = RandomArrays.nextKey()
    let isRandom = test.isRandom || step.isRandom
    let op = WhileLoop(
      condition: test.graph(captures, at: site), body: step.graph(captures, at: site),
      carryCount: types.count, captureCount: captures.count, hasKey: isRandom,
      derivative: step.gradient(
        BodyCounts(carries: types.count, captures: captures.count), captures, at: site))
    let inputs = start.arrays + captures.map(\.array) + (isRandom ? key : [])
    return apply(op, inputs, at: site).dropLast()
  }

  private static func runWhile(
    _ start: ArrayLeaves, at site: CallSite, _ condition: (inout ArrayLeafReader) -> NDArray,
    _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) -> [NDArray] {
    let iterations = Iterations()
    var (carries, iteration, goesOn) = (start, 0, true)
    while goesOn {
      goesOn = iterations.run(iteration) {
        var reader = ArrayLeafReader(carries)
        let truth = condition(&reader)
        requireTruth(truth, at: site)
        guard truth.item() != 0 else { return false }
        reader = ArrayLeafReader(carries)
        var next = body(&reader)
        next.arrays = next.arrays.map(\.settled)
        check(carries, next, of: "whileLoop", at: site)
        carries = next
        return true
      }
      iteration += 1
    }
    return carries.arrays
  }

  private static func requireTruth(_ truth: NDArray, at site: CallSite) {
    guard truth.rank == 0, truth.dtype == .bool else {
      fail("whileLoop: the condition needs one truth value: \(truth.type)", at: site)
    }
  }
}
