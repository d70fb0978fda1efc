import TandemKernels

/// The way back through one call of a loop's graph: from what the call was given and the cotangents
/// of what it gave to the cotangents of what it was given.
///
/// Its graph takes, in this order, the cotangents of the carries and of the further results that it
/// gave (those that are floats and of interest), then the carries, elements, captures and key that
/// it was given; it gives the cotangents of the carries, of the elements and of the captures that
/// are listed.
public struct BodyGradient: Hashable, Sendable, GraphAttribute {
  /// The graph.
  public let graph: Subgraph
  /// The carries through which gradients flow: all floats.
  public let carries: [Int]
  /// The further results of the call, counted after its carries, that have a cotangent.
  public let results: [Int]
  /// The elements for which there is a gradient, counted from the first element.
  public let elements: [Int]
  /// The captures for which there is a gradient, counted from the first capture.
  public let captures: [Int]

  /// A way back; see the properties.
  public init(
    graph: Subgraph, carries: [Int], results: [Int], elements: [Int], captures: [Int]
  ) {
    (self.graph, self.carries, self.results) = (graph, carries, results)
    (self.elements, self.captures) = (elements, captures)
  }

  /// The derivative of a graph, by the gradient rules of its operators.
  ///
  /// - Parameter results: the further results that have a cotangent.
  init(of body: Subgraph, _ counts: BodyCounts, results: [Int]) {
    let builder = GraphBuilder()
    let types = body.inputTypes
    let inputs = types.map(builder.input)
    let values = builder.inlined(body, inputs)
    let isFloat = { (index: Int) in types[index].dtype.isDifferentiable }
    carries = (0..<counts.carries).filter(isFloat)
    self.results = results
    let seeds = carries + results.map { counts.carries + $0 }
    let cotangents = seeds.map { builder.input(values[$0].type) }
    let rest = Array(counts.elementRange.filter(isFloat)) + counts.captureRange.filter(isFloat)
    let found = Symbol.pullback(
      of: seeds.map { values[$0] }, cotangents, to: (carries + rest).map { inputs[$0] })
    var gradients = zip(carries, found).map { $1 ?? builder.zeros(types[$0]) }
    let reached = zip(rest, found.dropFirst(carries.count)).filter { $1 != nil }
    gradients += reached.map { $1! }
    elements = reached.map(\.0).filter(counts.elementRange.contains).map { $0 - counts.carries }
    captures = reached.map(\.0).filter(counts.captureRange.contains)
      .map { $0 - counts.captureRange.lowerBound }
    graph = Subgraph(builder.graph(inputs: cotangents + inputs, outputs: gradients))
  }

  /// The graph with other further results having cotangents than it was made for: those that it
  /// has no input for are left out, those that have none are zero.
  func knowing(_ given: [Int]) -> BodyGradient {
    if given == results { return self }
    let builder = GraphBuilder()
    let types = graph.inputTypes
    var (inputs, kept): (Symbols, Symbols) = ([], [])
    for (index, type) in types.enumerated() {
      let position = index - carries.count
      if results.indices.contains(position), !given.contains(results[position]) {
        inputs.append(builder.zeros(type))
      } else {
        inputs.append(builder.input(type))
        kept.append(inputs[index])
      }
    }
    let values = builder.inlined(graph, inputs)
    return BodyGradient(
      graph: Subgraph(builder.graph(inputs: kept, outputs: values)), carries: carries,
      results: results.filter(given.contains), elements: elements, captures: captures)
  }

  /// The graph for loops without elements and further results, with sums handed on: it takes the
  /// cotangents of the carries and a sum for each capture that has a gradient, then carries,
  /// captures and key, and gives the cotangents and the sums with the gradients added.
  func summing(_ counts: BodyCounts) -> Subgraph {
    let builder = GraphBuilder()
    let types = graph.inputTypes
    let slopes = types.prefix(carries.count).map(builder.input)
    let rest = types.dropFirst(carries.count).map(builder.input)
    let sums = captures.map { builder.input(rest[counts.captureRange.lowerBound + $0].type) }
    let found = builder.inlined(graph, slopes + rest)
    let totals = zip(sums, found.suffix(sums.count)).map { $0 + $1 }
    return Subgraph(
      builder.graph(
        inputs: slopes + sums + rest, outputs: found.prefix(slopes.count) + totals))
  }
}
