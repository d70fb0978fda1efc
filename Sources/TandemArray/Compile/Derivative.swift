import TandemGraph

/// How gradients flow back through a region: a second program, from what the first one leaves for
/// it and the gradients of the results to the gradients of what the region read.
///
/// Both come from one trace in which the region's operators are recorded on a tape of symbols:
/// the gradient rules are inlined. What does not depend on the gradients of the results is computed
/// by the first program; what of it the second needs becomes further results of the first.
final class Derivative: Sendable {
  /// What gets a gradient.
  enum Target: Sendable {
    case argument(Int)
    case parameter(Parameter)
    case captured(NDArray)
  }

  /// The results of the second program belong to these, in order.
  let targets: [Target]
  /// The results of the region through which gradients flow.
  let results: [Int]
  /// How many further results the first program gives.
  let residualCount: Int
  /// The second program: from residuals, then the gradients of ``results``, to those of the
  /// targets.
  let backward: GraphFunction

  init(targets: [Target], results: [Int], residualCount: Int, backward: GraphFunction) {
    (self.targets, self.results) = (targets, results)
    (self.residualCount, self.backward) = (residualCount, backward)
  }
}

extension RegionTrace {
  /// Traces a closure that is called while a tape records.
  ///
  /// - Returns: the trace of the first program, and the derivative; `nil` if no gradient flows.
  static func differentiable(
    arguments: ArrayLeaves, writable: WritableState, tape: Tape, options: CompileOptions,
    at site: CallSite, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) -> (RegionTrace, Derivative?) {
    let trace = Trace(writable: writable)
    let inner = Tape(tape.kind, outside: .onTape(tape))
    var leaves: [(position: Int, value: Int)] = []
    let symbols = RegionTrace.symbols(of: arguments, trace).enumerated().map { position, symbol in
      guard arguments.arrays[position].handle.links.value(on: tape) != nil else { return symbol }
      let link = inner.leaf()
      leaves.append((position, link.value))
      return NDArray(symbol.handle.alias(links: TapeLinks(link)))
    }
    return trace.tracing {
      let results = Scope.with {
        $0.tapes.append(inner)
      } leave: {
        $0.endTape()
      } _: {
        var reader = ArrayLeafReader(symbols, structure: arguments.structure)
        return body(&reader)
      }
      var region = RegionTrace(trace, arguments, results, at: site)
      let derivative = region.derive(
        trace, inner, leaves, results.arrays, options: options, at: site)
      region.setForms(arguments)
      return (region, derivative)
    }
  }

  /// Traces the way back and splits the graph.
  private mutating func derive(
    _ trace: Trace, _ tape: Tape, _ leaves: [(position: Int, value: Int)], _ results: [NDArray],
    options: CompileOptions, at site: CallSite
  ) -> Derivative? {
    let seeds = results.enumerated().compactMap { position, result -> (Int, Int, NDArray)? in
      guard result.dtype.isDifferentiable, let value = result.handle.links.value(on: tape) else {
        return nil
      }
      let symbol = trace.input(result.type, from: .cotangent(position))
      return (position, value, NDArray(ArrayHandle(symbol)))
    }
    guard !seeds.isEmpty else { return nil }
    let gradients = tape.backward(
      from: seeds.map { ($0.1, $0.2) }, retaining: false, at: site)
    var (targets, found): ([Derivative.Target], [Symbol]) = ([], [])
    func note(_ target: Derivative.Target, _ value: Int) {
      guard let gradient = gradients[value] else { return }
      targets.append(target)
      found.append(trace.symbol(gradient))
    }
    for leaf in leaves { note(.argument(leaf.position), leaf.value) }
    for leaf in tape.parameters { note(.parameter(leaf.parameter), leaf.value) }
    for leaf in tape.captures { note(.captured(leaf.array), leaf.value) }
    let joint = trace.builder.graph(outputs: [])
    let split = GraphSplit(joint, results: found.map(\.value)) { input in
      if case .cotangent = trace.sources[input] { true } else { false }
    }
    let plain = graph.outputs
    graph = split.first(
      results: plain[..<resultCount] + split.residuals + plain[resultCount...])
    let residuals = split.residuals.count
    // The way back may have used further arrays from outside.
    sources = trace.sources.filter { source in
      if case .cotangent = source { false } else { true }
    }
    donations.insert(contentsOf: repeatElement(nil, count: residuals), at: resultCount)
    resultCount += residuals
    return Derivative(
      targets: targets, results: seeds.map(\.0), residualCount: residuals,
      backward: GraphFunction(split.second, options: options))
  }
}
