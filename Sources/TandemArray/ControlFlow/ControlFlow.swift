import TandemGraph

/// What the functions of control flow have in common.
///
/// In eager mode they call their closures, once for each iteration. While gradients are recorded,
/// and inside of compiled regions, they call each closure once, with arrays that stand for values,
/// and add one operator to the graph or the tape.
enum ControlFlow {
  /// Whether closures are traced, not just called.
  static var isTraced: Bool {
    guard let scope = Scope.current else { return false }
    return scope.trace != nil || !scope.tapes.isEmpty
  }

  /// Whether loops keep what their gradients need.
  static var isDifferentiated: Bool {
    guard let scope = Scope.current else { return false }
    return scope.trace?.isDifferentiated ?? false || !scope.tapes.isEmpty
  }

  /// What several bodies use from outside, each once.
  static func union(_ bodies: [BodyTrace]) -> [BodyTrace.Capture] {
    var known: Set<Trace.CaptureKey> = []
    return bodies.flatMap(\.captures).filter { known.insert($0.key).inserted }
  }

  /// Applies an operator of control flow; messages begin with its name.
  static func apply(_ op: some Op, _ inputs: [NDArray], at site: CallSite) -> [NDArray] {
    Catalog.registerControlFlow()
    return NDArray.apply(op, inputs: inputs, at: site)
  }

  /// Stops with a message unless a body gives the carries that it was given.
  static func check(
    _ given: ArrayLeaves, _ returned: ArrayLeaves, of name: String, at site: CallSite
  ) {
    guard given.arrays.count == returned.arrays.count, given.structure == returned.structure else {
      fail(
        "\(name): the body gives \(returned.arrays.count) arrays to carry on, was given "
          + "\(given.arrays.count): return what the closure takes, in the same order", at: site)
    }
    for (index, (before, after)) in zip(given.arrays, returned.arrays).enumerated()
    where before.type != after.type {
      let cure =
        before.dtype == after.dtype
        ? "start with an array of the shape that the body gives"
        : "cast it in the body, or start with an array of that dtype"
      fail(
        "\(name): carry \(index) changes its type: \(before.type), then \(after.type); \(cure)",
        at: site)
    }
  }

  /// Runs iterations of a loop that is not traced, each with random draws of its own.
  struct Iterations {
    private let key = RandomState.current.next()
    private let state = RandomState(seed: 0)

    /// Runs `body` with the draws of an iteration.
    func run<T>(_ iteration: Int, _ body: () -> T) -> T {
      state.upcoming = key.inside(iteration: iteration)
      var before: RandomState?
      return Scope.with { scope in
        (before, scope.random) = (scope.random, state)
      } leave: {
        $0.random = before
      } _: {
        body()
      }
    }
  }
}
