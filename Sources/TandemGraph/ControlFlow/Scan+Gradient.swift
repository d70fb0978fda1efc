import TandemKernels

// The way back through a scan is a scan in the other direction: its carries are the cotangents of
// the carries and the sums of the gradients of the captures.

extension Scan {
  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard cotangents.contains(where: { $0 != nil }) else { return inputs.map { _ in nil } }
    let stackedCount = body.outputTypes.count - carryCount
    let stacked = cotangents.dropFirst(carryCount).prefix(stackedCount).map { $0 }
    let given = stacked.indices.filter { stacked[$0] != nil }
    let step = derivative?.knowing(given) ?? BodyGradient(of: body, counts, results: given)
    let history = keepsCarries ? Array(outputs.suffix(carryCount)) : self.history(inputs)
    // The cotangents of the history itself, where a derivative is differentiated.
    let kept = keepsCarries ? cotangents.suffix(carryCount).map { $0 } : []
    let extra = step.carries.filter { kept.indices.contains($0) && kept[$0] != nil }
    let back = reversed(step, adding: extra)
    let builder = inputs[0].builder
    let captures = Array(inputs[counts.captureRange])
    let starts = step.carries.map { cotangents[$0] ?? builder.zeros(inputs[$0].type) }
    let sums = step.captures.map { builder.zeros(captures[$0].type) }
    let elements =
      step.results.map { stacked[$0]! } + history + inputs[counts.elementRange]
      + extra.map { kept[$0]! }
    let found = Symbol.apply(
      back, inputs: starts + sums + elements + captures + inputs[counts.total...], at: .unknown)
    var result = [Symbol?](repeating: nil, count: inputs.count)
    for (position, carry) in step.carries.enumerated() { result[carry] = found[position] }
    for (position, capture) in step.captures.enumerated() {
      result[counts.captureRange.lowerBound + capture] = found[step.carries.count + position]
    }
    let firstElement = step.carries.count + step.captures.count
    for (position, element) in step.elements.enumerated() {
      result[carryCount + element] = found[firstElement + position]
    }
    return result
  }

  /// The carries that each call was given, computed anew.
  private func history(_ inputs: Symbols) -> Symbols {
    guard carryCount > 0 else { return [] }
    let op = Scan(
      body: body, counts: counts, length: length, isReversed: isReversed, keepsCarries: true,
      hasKey: hasKey, derivative: derivative)
    return Array(Symbol.apply(op, inputs: inputs, at: .unknown).suffix(carryCount))
  }

  /// The scan that goes back.
  ///
  /// - Parameter extra: the carries whose cotangents get something added at each element.
  private func reversed(_ step: BodyGradient, adding extra: [Int]) -> Scan {
    let builder = GraphBuilder()
    let types = step.graph.inputTypes
    let seedCount = step.carries.count + step.results.count
    let given = Array(types.dropFirst(seedCount))
    let starts = step.carries.map { builder.input(given[$0]) }
    let sums = step.captures.map { builder.input(given[counts.captureRange.lowerBound + $0]) }
    let slopes = types[step.carries.count..<seedCount].map(builder.input)
    let values = given.map(builder.input)
    let added = extra.map { builder.input(given[$0]) }
    let found = builder.inlined(step.graph, starts + slopes + values)
    var carries = Array(found.prefix(step.carries.count))
    for (position, carry) in extra.enumerated() {
      guard let index = step.carries.firstIndex(of: carry) else { continue }
      carries[index] = carries[index] + added[position]
    }
    let elements = found.dropFirst(carries.count).prefix(step.elements.count)
    let totals = zip(sums, found.suffix(sums.count)).map { $0 + $1 }
    let inner = Array(values.prefix(carryCount + elementCount))
    let outer = Array(values.dropFirst(carryCount + elementCount))
    return Scan(
      body: Subgraph(
        builder.graph(
          inputs: starts + sums + slopes + inner + added + outer,
          outputs: carries + totals + elements)),
      counts: BodyCounts(
        carries: starts.count + sums.count,
        elements: slopes.count + inner.count + added.count, captures: captureCount),
      length: length, isReversed: !isReversed, hasKey: hasKey)
  }
}
