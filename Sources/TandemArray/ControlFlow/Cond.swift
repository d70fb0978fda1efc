import TandemGraph

/// What one of two closures gives, chosen by a truth value.
///
///     let y = cond(x.sum() .> 0) { x } else: { -x }
///
/// In eager mode waits for the predicate and calls one closure. While gradients are recorded, and
/// in compiled regions, calls both once, with arrays that stand for values; they must give the same
/// types; only the chosen one is computed. Both may use any arrays, parameters and cells, and
/// gradients flow to those through the chosen one. Random draws inside are keyed by the one tick
/// that `cond` takes.
///
/// - Parameters:
///   - predicate: a zero-dimensional bool.
///   - then: gives the result where the predicate is true.
///   - else: gives the result where it is false.
public func cond<Output: ArrayTree>(
  _ predicate: NDArray, file: StaticString = #fileID, line: UInt = #line,
  _ then: () -> Output, else: () -> Output
) -> Output {
  let (results, structure) = ControlFlow.cond(predicate, at: CallSite(file, line)) { isTrue in
    var leaves = ArrayLeaves()
    (isTrue ? then() : `else`()).append(to: &leaves)
    return leaves
  }
  var reader = ArrayLeafReader(results, structure: structure)
  return .take(from: &reader)
}

/// The same for closures that give several values.
@_disfavoredOverload
public func cond<each Output: ArrayTree>(
  _ predicate: NDArray, file: StaticString = #fileID, line: UInt = #line,
  _ then: () -> (repeat each Output), else: () -> (repeat each Output)
) -> (repeat each Output) {
  let (results, structure) = ControlFlow.cond(predicate, at: CallSite(file, line)) { isTrue in
    let outputs = isTrue ? then() : `else`()
    var leaves = ArrayLeaves()
    repeat (each outputs).append(to: &leaves)
    return leaves
  }
  var reader = ArrayLeafReader(results, structure: structure)
  return (repeat (each Output).take(from: &reader))
}

extension ControlFlow {
  /// - Parameter branch: calls one of the closures.
  static func cond(
    _ predicate: NDArray, at site: CallSite, _ branch: (_ isTrue: Bool) -> ArrayLeaves
  ) -> ([NDArray], structure: [Int]) {
    guard predicate.rank == 0, predicate.dtype == .bool else {
      fail("cond: the predicate needs one truth value: \(predicate.type)", at: site)
    }
    if !isTraced {
      let isTrue = predicate.item() != 0
      let leaves = Iterations().run(0) { branch(isTrue) }
      return (leaves.arrays.map(\.settled), leaves.structure)
    }
    let branches = [true, false].map { isTrue in
      BodyTrace([], structure: []) { _ in branch(isTrue) }
    }
    let structure = branches[0].results.structure
    guard structure == branches[1].results.structure,
      branches[0].resultTypes == branches[1].resultTypes
    else {
      let types = branches.map { TensorTypes($0.resultTypes).description }
      fail(
        "cond: the branches give different types: \(types[0]) and \(types[1]); cast or reshape in "
          + "one of them", at: site)
    }
    let captures = union(branches)
    let key = RandomArrays.nextKey()
    let isRandom = branches.contains(where: \.isRandom)
    let counts = BodyCounts(carries: 0, captures: captures.count)
    let gradients = branches.map { $0.gradient(counts, captures, at: site) }
    let op = Conditional(
      onTrue: branches[0].graph(captures, at: site),
      onFalse: branches[1].graph(captures, at: site), captureCount: captures.count,
      hasKey: isRandom, derivatives: gradients.compactMap { $0 })
    let results = apply(
      op, [predicate] + captures.map(\.array) + (isRandom ? key : []), at: site)
    return (results, structure)
  }
}
