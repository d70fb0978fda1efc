import TandemGraph

/// Calls `body` once for each element along the first axis of the inputs, handing values from each
/// call to the next, and stacks what else the calls give.
///
///     let (last, all) = scan(h, over: xs) { h, x in  // xs: [time, batch, features]
///       let h = (x.matmul(w) + h.matmul(u)).tanh()
///       return (h, h)
///     }
///
/// Several carried values go in an array, `scan([h, c], over: xs) { state, x in …`, or in a type of
/// your own; see ``ArrayTree``.
///
/// In eager mode the closure is called for each element. While gradients are recorded, and in
/// compiled regions, it is called once, with arrays that stand for values, and the loop runs inside
/// of one operation. The carried values keep their types from call to call. Gradients flow to
/// the first values, the inputs and what `body` uses from outside. Random draws inside are keyed by
/// the one tick that the loop takes and the element.
///
/// - Parameters:
///   - first: what the first call is given.
///   - inputs: arrays of one length along their first axes; each call is given an element of each.
///   - reversed: whether the last element comes first; results are stacked at their elements.
///   - body: gives the next values to carry, of the same types, and what is stacked.
/// - Returns: the last carried values and the stacked results.
public func scan<Carry: ArrayTree, Input: ArrayTree, Output: ArrayTree>(
  _ first: Carry, over inputs: Input, reversed: Bool = false,
  file: StaticString = #fileID, line: UInt = #line,
  _ body: (Carry, Input) -> (Carry, Output)
) -> (Carry, Output) {
  var (start, elements) = (ArrayLeaves(), ArrayLeaves())
  first.append(to: &start)
  inputs.append(to: &elements)
  let loop = ControlFlow.Scanning(
    name: "scan", start: start, elements: elements, isReversed: reversed,
    site: CallSite(file, line))
  let (results, structure) = loop.run { carries, elements in
    let (carry, output) = body(.take(from: &carries), .take(from: &elements))
    var (carried, further) = (ArrayLeaves(), ArrayLeaves())
    carry.append(to: &carried)
    output.append(to: &further)
    return (carried, further)
  }
  var reader = ArrayLeafReader(results, structure: start.structure + structure)
  let last = Carry.take(from: &reader)
  return (last, .take(from: &reader))
}

extension ControlFlow {
  /// A loop over elements.
  struct Scanning {
    /// What messages call it.
    let name: String
    /// The first values to carry.
    let start: ArrayLeaves
    /// What is seen element by element.
    let elements: ArrayLeaves
    let isReversed: Bool
    let site: CallSite

    /// From carries and an element to the next carries and what is stacked.
    typealias Body = (inout ArrayLeafReader, inout ArrayLeafReader) -> (
      carries: ArrayLeaves, further: ArrayLeaves
    )

    init(
      name: String, start: ArrayLeaves, elements: ArrayLeaves, isReversed: Bool, site: CallSite
    ) {
      (self.name, self.isReversed, self.site) = (name, isReversed, site)
      (self.start, self.elements) = (start, elements)
    }

    /// Runs the loop.
    ///
    /// - Returns: the last carries and the stacked results, and the structure of the latter.
    func run(_ body: Body) -> ([NDArray], structure: [Int]) {
      var start = start
      start.arrays = start.arrays.map(\.settled)
      let length = length
      // Without a call nobody knows what would be stacked.
      if isTraced || length == 0 { return traced(start, length, body) }
      return called(start, length, body)
    }

    /// The length of all inputs' first axes.
    private var length: Int {
      guard let first = elements.arrays.first else {
        fail("\(name): needs an array to go over", at: site)
      }
      for array in elements.arrays where array.rank == 0 || array.shape[0] != first.shape[0] {
        fail(
          "\(name): the inputs need first axes of one length: "
            + "\(TensorTypes(elements.arrays.lazy.map(\.type)))", at: site)
      }
      return first.shape[0]
    }

    /// Adds the loop to the graph or the tape.
    private func traced(
      _ start: ArrayLeaves, _ length: Int, _ body: Body
    ) -> ([NDArray], structure: [Int]) {
      let types =
        start.arrays.map(\.type)
        + elements.arrays.map { TensorType(Shape($0.shape.array.dropFirst()), $0.dtype) }
      let carryCount = start.arrays.count
      var structure: [Int] = []
      let step = BodyTrace(types, structure: []) { reader in
        let arrays = types.indices.map { _ in reader.nextArray() }
        var carries = ArrayLeafReader(
          Array(arrays.prefix(carryCount)), structure: start.structure)
        var element = ArrayLeafReader(
          Array(arrays.dropFirst(carryCount)), structure: elements.structure)
        var (next, further) = body(&carries, &element)
        next.arrays = next.arrays.map(\.settled)
        check(start, next, of: name, at: site)
        structure = further.structure
        next.arrays += further.arrays
        return next
      }
      let counts = BodyCounts(
        carries: carryCount, elements: elements.arrays.count, captures: step.captures.count)
      let key = RandomArrays.nextKey()
      let op = Scan(
        body: step.graph(step.captures, at: site), counts: counts, length: length,
        isReversed: isReversed, keepsCarries: isDifferentiated && carryCount > 0,
        hasKey: step.isRandom, derivative: step.gradient(counts, step.captures, at: site))
      let inputs =
        start.arrays + elements.arrays + step.captures.map(\.array) + (step.isRandom ? key : [])
      let results = apply(op, inputs, at: site)
      return (Array(results.prefix(step.results.arrays.count)), structure)
    }

    /// Calls the closure for each element.
    private func called(
      _ start: ArrayLeaves, _ length: Int, _ body: Body
    ) -> ([NDArray], structure: [Int]) {
      let iterations = Iterations()
      var carries = start
      var collected = [ArrayLeaves?](repeating: nil, count: length)
      for number in 0..<length {
        let index = isReversed ? length - 1 - number : number
        iterations.run(index) {
          var element = elements
          element.arrays = elements.arrays.map { $0[index] }
          var (reader, elementReader) = (ArrayLeafReader(carries), ArrayLeafReader(element))
          var (next, further) = body(&reader, &elementReader)
          next.arrays = next.arrays.map(\.settled)
          further.arrays = further.arrays.map(\.settled)
          check(carries, next, of: name, at: site)
          if let known = collected[isReversed ? length - 1 : 0] { requireSame(known, further) }
          (carries, collected[index]) = (next, further)
        }
      }
      let all = collected.compactMap { $0 }
      let stacked = all[0].arrays.indices.map { position in
        NDArray.stacked(all.map { $0.arrays[position] })
      }
      return (carries.arrays + stacked, all[0].structure)
    }

    private func requireSame(_ first: ArrayLeaves, _ next: ArrayLeaves) {
      guard
        first.structure != next.structure
          || first.arrays.map(\.type) != next.arrays.map(\.type)
      else { return }
      fail(
        "\(name): what the body gives changes its types: "
          + "\(TensorTypes(first.arrays.lazy.map(\.type))), then "
          + "\(TensorTypes(next.arrays.lazy.map(\.type))); give the same for each element",
        at: site)
    }
  }
}
