import TandemGraph

/// Calls `body` for each element along the first axis of the inputs and stacks what it gives.
///
///     let norms = map(over: rows) { row in (row * row).sum().sqrt() }
///
/// As ``scan(_:over:reversed:file:line:_:)`` with nothing to carry. For what operators do for a
/// batch at once, that is faster.
///
/// - Parameters:
///   - inputs: arrays of one length along their first axes; each call is given an element of each.
///   - body: gives the result for an element; types must not differ.
public func map<Input: ArrayTree, Output: ArrayTree>(
  over inputs: Input, file: StaticString = #fileID, line: UInt = #line, _ body: (Input) -> Output
) -> Output {
  var elements = ArrayLeaves()
  inputs.append(to: &elements)
  let loop = ControlFlow.Scanning(
    name: "map", start: ArrayLeaves(), elements: elements, isReversed: false,
    site: CallSite(file, line))
  let (results, structure) = loop.run { _, elements in
    var further = ArrayLeaves()
    body(.take(from: &elements)).append(to: &further)
    return (ArrayLeaves(), further)
  }
  var reader = ArrayLeafReader(results, structure: structure)
  return .take(from: &reader)
}
