// The derivative of the way back through a loop is the way back through the loop with its tangents.

extension WhileLoopGradient {
  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard cotangents.contains(where: { $0 != nil }) else { return inputs.map { _ in nil } }
    let builder = inputs[0].builder
    let given = outputs.indices.map { cotangents[$0] ?? builder.zeros(outputs[$0].type) }
    let (tangents, directions) = (given.prefix(slopes.count), given.dropFirst(slopes.count))
    let carries = inputs.prefix(carryCount) + tangents
    let captures = inputs[carryCount..<counts.total] + directions
    let (count, key) = (inputs[counts.total], inputs.dropFirst(counts.total + 1 + slopes.count))
    let lambdas = inputs.dropFirst(counts.total + 1).prefix(slopes.count)
    let operands = Operands(
      carries: Array(carries), captures: Array(captures), count: count, key: Array(key))
    var result = [Symbol?](repeating: nil, count: inputs.count)
    for (position, tangent) in lastTangents(operands).enumerated() {
      result[counts.total + 1 + position] = tangent
    }
    goBack(operands, lambdas: Array(lambdas), into: &result)
    return result
  }

  /// What the loop with tangents starts from.
  private struct Operands {
    let carries: Symbols
    let captures: Symbols
    let count: Symbol
    let key: Symbols
  }

  private var tangentCounts: BodyCounts {
    BodyCounts(carries: carryCount + slopes.count, captures: captureCount + sums.count)
  }

  /// The body with tangents: from carries, tangents, captures and their directions to the next
  /// carries and tangents. The step back is linear in the cotangents that it is given; its
  /// transpose hands tangents on.
  private var tangentBody: Subgraph {
    let builder = GraphBuilder()
    let types = step.inputTypes
    let first = slopes.count + sums.count
    let keyTypes = types.dropFirst(first + counts.total)
    let carries = types[first..<first + carryCount].map(builder.input)
    let tangents = types.prefix(slopes.count).map(builder.input)
    let captures = types.dropFirst(first + carryCount).prefix(captureCount).map(builder.input)
    let directions = types.dropFirst(slopes.count).prefix(sums.count).map(builder.input)
    let key = keyTypes.map(builder.input)
    let next = builder.inlined(body, carries + captures + key)
    // The transpose does not depend on where it is taken.
    let zeros = types.prefix(first).map(builder.zeros)
    let back = builder.inlined(step, zeros + carries + captures + key)
    let slopes = Symbol.pullback(
      of: back, tangents + directions, to: Array(zeros.prefix(self.slopes.count)))
    let moved = zip(slopes, tangents).map { $0 ?? builder.zeros($1.type) }
    return Subgraph(
      builder.graph(
        inputs: carries + tangents + captures + directions + key, outputs: next + moved))
  }

  /// The tangents after the last call: the loop again, as often as it ran.
  private func lastTangents(_ operands: Operands) -> Symbols {
    let (body, types) = (tangentBody, tangentBody.inputTypes)
    let counting = WhileLoopGradient.counting(body, tangentCounts)
    let condition = WhileLoopGradient.condition(
      types, tangentCounts, draws: hasKey ? conditionDraws : nil)
    let op = WhileLoop(
      condition: condition, body: counting, carryCount: tangentCounts.carries + 1,
      captureCount: tangentCounts.captures + 1, hasKey: hasKey)
    let builder = operands.count.builder
    let start = [builder.zeros(operands.count.type)] + operands.carries
    let found = Symbol.apply(
      op, inputs: start + [operands.count] + operands.captures + operands.key, at: .unknown)
    return Array(found.dropFirst(1 + carryCount).prefix(slopes.count))
  }

  /// The body with a number in front of the carries that counts its calls, and the number of calls
  /// in front of the captures.
  private static func counting(_ body: Subgraph, _ counts: BodyCounts) -> Subgraph {
    let builder = GraphBuilder()
    let number = TensorType(Shape(), .int64)
    let index = builder.input(number)
    let carries = body.inputTypes.prefix(counts.carries).map(builder.input)
    let count = builder.input(number)
    let rest = body.inputTypes.dropFirst(counts.carries).map(builder.input)
    let next = index + builder.constant(ScalarValue(1, .int64))
    return Subgraph(
      builder.graph(
        inputs: [index] + carries + [count] + rest,
        outputs: [next] + builder.inlined(body, carries + rest)))
  }

  /// Whether there is a further call.
  ///
  /// - Parameter draws: how many draws of an iteration come before those of the body; `nil` if
  ///   there is no key.
  private static func condition(
    _ types: [TensorType], _ counts: BodyCounts, draws: Int?
  ) -> Subgraph {
    let builder = GraphBuilder()
    let number = TensorType(Shape(), .int64)
    let index = builder.input(number)
    let carries = types.prefix(counts.carries).map(builder.input)
    let count = builder.input(number)
    let captures = types.dropFirst(counts.carries).prefix(counts.captures).map(builder.input)
    let words = draws.map { $0 == 0 ? 0 : $0 + 2 } ?? 0
    let key = (0..<words).map { _ in builder.input(TensorType(Shape(), .uint64)) }
    return Subgraph(
      builder.graph(
        inputs: [index] + carries + [count] + captures + key, outputs: [index .< count]))
  }

  /// The gradients by the first carries and the captures: the way back through the loop with
  /// tangents, from the cotangents as those of the last tangents.
  private func goBack(_ operands: Operands, lambdas: Symbols, into result: inout [Symbol?]) {
    let (body, builder) = (tangentBody, operands.count.builder)
    let back = BodyGradient(of: body, tangentCounts, results: [])
    let op = WhileLoopGradient(
      body: body, step: back.summing(tangentCounts), slopes: back.carries, sums: back.captures,
      carryCount: tangentCounts.carries, captureCount: tangentCounts.captures,
      conditionDraws: conditionDraws, hasKey: hasKey)
    let given = back.carries.map { carry in
      carry < carryCount ? builder.zeros(operands.carries[carry].type) : lambdas[carry - carryCount]
    }
    let found = Symbol.apply(
      op,
      inputs: operands.carries + operands.captures + [operands.count] + given + operands.key,
      at: .unknown)
    for (position, carry) in back.carries.enumerated() where carry < carryCount {
      result[carry] = found[position]
    }
    for (position, capture) in back.captures.enumerated() where capture < captureCount {
      result[carryCount + capture] = found[back.carries.count + position]
    }
  }
}
