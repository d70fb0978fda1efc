/// What was computed inside ``record(_:)``, in order, with what the gradients need: an arena of
/// entries and value numbers, no objects that point at each other (releasing a chain of 300,000
/// objects would overflow the stack).
///
/// Arrays keep the tape alive; the tape keeps arrays alive only without their links to this tape or
/// to tapes inside it, so there are no cycles.
final class Tape {
  /// What a tape may treat as a leaf without being told.
  enum Kind {
    /// `record`: parameters are leaves.
    case parameters
    /// `gradient(of:)`: only the arguments are.
    case arguments
  }

  let kind: Kind
  /// How many tapes were being recorded when this one began.
  let depth: Int
  private var entries: [Entry] = []
  private var valueCount = 0
  /// The parameters that were read, in the order of their first use, and their values.
  private(set) var parameters: [(parameter: Parameter, value: Int)] = []
  private var parameterPositions: [ObjectIdentifier: Int] = [:]
  private var isSpent = false
  /// The tape outside of the traced region that this tape belongs to: arrays from outside that are
  /// on it become leaves when the region uses them.
  private let outer: Tape?
  /// Those arrays, in the order of their first use.
  private(set) var captures: [(array: NDArray, value: Int)] = []

  /// One application of an operator.
  private struct Entry {
    let backward: Backward
    /// For each target of the backward function the value whose gradient it gives.
    let inputs: [Int]
    let firstOutput: Int
    let outputCount: Int
    let site: CallSite
  }

  private enum Backward {
    case rule(GradientRule, kept: [NDArray])
    case custom(@Sendable ([NDArray?]) -> [NDArray?])
  }

  init(_ kind: Kind, inRegionOf outer: Tape? = nil) {
    self.kind = kind
    self.outer = outer
    self.depth = Scope.current?.tapes.count ?? 0
  }

  /// Makes an array a leaf: a value of which nothing is known but its number.
  func leaf() -> TapeLink {
    defer { valueCount += 1 }
    return TapeLink(tape: self, value: valueCount)
  }

  /// The link of a parameter on this tape, made at its first use.
  func link(to parameter: Parameter) -> TapeLink {
    // Numbers, not links: a link keeps the tape alive, and a tape must not do so itself.
    if let position = parameterPositions[ObjectIdentifier(parameter)] {
      return TapeLink(tape: self, value: parameters[position].value)
    }
    let link = leaf()
    parameterPositions[ObjectIdentifier(parameter)] = parameters.count
    parameters.append((parameter, link.value))
    return link
  }

  /// The number of an array on this tape, if it is there or comes from outside as a leaf.
  private func value(of array: NDArray) -> Int? {
    if let value = array.handle.value(on: self) { return value }
    guard let outer, case .storage = array.handle.content, array.handle.value(on: outer) != nil
    else { return nil }
    if let known = captures.first(where: { $0.array.handle === array.handle }) {
      return known.value
    }
    captures.append((array, leaf().value))
    return captures.last?.value
  }

  /// Notes an operator if any input is on this tape, and links its outputs to it.
  @_semantics("optimize.sil.specialize.generic.never")
  func record<O: Op>(
    _ op: O, _ inputs: [NDArray], _ outputs: [NDArray], at site: CallSite
  ) {
    let values = inputs.map(value)
    guard values.contains(where: { $0 != nil }) else { return }
    let rule = GradientRule.of(
      op, inputs: TensorTypes(inputs.lazy.map(\.type)),
      outputs: TensorTypes(outputs.lazy.map(\.type)), wanted: values.map { $0 != nil })
    guard !rule.targets.isEmpty else { return }
    let kept =
      rule.inputsRead.map { inputs[$0].handle.kept(by: self) }
      + rule.outputsRead.map { outputs[$0].handle.kept(by: self) }
    append(
      .rule(rule, kept: kept), inputs: rule.targets.map { values[$0]! }, outputs: outputs, at: site)
  }

  /// Notes a function with its own gradient; see ``withCustomGradient(_:forward:backward:)``.
  func record(
    custom backward: @escaping @Sendable ([NDArray?]) -> [NDArray?], _ inputs: [NDArray],
    _ outputs: [NDArray], at site: CallSite
  ) {
    let values = inputs.map(value)
    let targets = values.indices.filter { values[$0] != nil }
    guard !targets.isEmpty else { return }
    append(
      .custom { cotangents in
        let all = backward(cotangents)
        return targets.map { all[$0] }
      }, inputs: targets.map { values[$0]! }, outputs: outputs, at: site)
  }

  private func append(
    _ backward: Backward, inputs: [Int], outputs: [NDArray], at site: CallSite
  ) {
    entries.append(
      Entry(
        backward: backward, inputs: inputs, firstOutput: valueCount, outputCount: outputs.count,
        site: site.seenByUser))
    for output in outputs {
      output.handle.links.insert(TapeLink(tape: self, value: valueCount), at: 0)
      valueCount += 1
    }
  }

  /// Runs the tape backwards.
  ///
  /// - Parameters:
  ///   - seeds: values and their gradients to start from.
  ///   - retaining: whether the tape can be used again.
  /// - Returns: the gradient of every value that is a leaf or a seed; others are dropped.
  func backward(
    from seeds: [(value: Int, gradient: NDArray)], retaining: Bool, at site: CallSite
  ) -> [NDArray?] {
    if isSpent {
      fail("backward: what was recorded has already been used: pass retainingTape: true", at: site)
    }
    var gradients = [NDArray?](repeating: nil, count: valueCount)
    for seed in seeds { Tape.add(seed.gradient, to: &gradients[seed.value], at: site) }
    for index in entries.indices.reversed() {
      let entry = entries[index]
      // What an entry keeps is let go as soon as it has been used.
      if !retaining { entries.removeSubrange(index...) }
      let outputs = entry.firstOutput..<entry.firstOutput + entry.outputCount
      let cotangents = outputs.map { gradients[$0] }
      for output in outputs { gradients[output] = nil }
      guard cotangents.contains(where: { $0 != nil }) else { continue }
      let results: [NDArray?]
      switch entry.backward {
      case .rule(let rule, let kept):
        results = rule.gradients(kept: kept, cotangents: cotangents, at: entry.site)
      case .custom(let function): results = function(cotangents)
      }
      for (input, result) in zip(entry.inputs, results) {
        if let result { Tape.add(result, to: &gradients[input], at: entry.site) }
      }
    }
    isSpent = !retaining
    return gradients
  }

  /// Hands the gradients of parameters to them.
  func deliver(_ gradients: [NDArray?]) {
    for (parameter, value) in parameters {
      if let gradient = gradients[value] { parameter.receive(gradient) }
    }
  }

  private static func add(
    _ gradient: NDArray, to sum: inout NDArray?, at site: CallSite
  ) {
    sum = sum.map { .apply(Add(), $0, gradient, at: site) } ?? gradient
  }
}

/// Which value of which tape an array is.
struct TapeLink {
  let tape: Tape
  let value: Int
}

extension ArrayHandle {
  /// The number of this array on a tape, if it is there.
  func value(on tape: Tape) -> Int? {
    for link in links where link.tape === tape { return link.value }
    return nil
  }

  /// This array as a tape keeps it: linked to tapes outside of that tape alone.
  func kept(by tape: Tape) -> NDArray {
    NDArray(alias(links: links.filter { $0.tape.depth < tape.depth }))
  }
}
