/// An LSTM over a sequence: the part that depends on the step before. What the inputs give to the
/// gates, for all steps at once, is one matrix product that comes before it.
///
/// `z = gates[t] + h[t-1] Wᵀ`, split into i, f, g, o; `c[t] = σ(f) c[t-1] + σ(i) tanh(g)`,
/// `h[t] = σ(o) tanh(c[t])`.
///
/// | value | shape |
/// | --- | --- |
/// | `gates` | `[time, batch, 4 * hidden]`, floating |
/// | `weight` | `[4 * hidden, hidden]` |
/// | `h0`, `c0` | `[batch, hidden]` |
/// | outputs | `[time, batch, hidden]` |
/// | last state | `[batch, hidden]` |
/// | states | `[time, hidden, batch]`, at least float32; what the gradient needs |
/// | activations of the gates | `[time, 4 * hidden, batch]`, likewise |
///
/// A step is computed feature-major, so that the weight is read where it lies.
///
/// - Complexity: O(time · batch · hidden²) multiply-adds.
/// - Reference: Hochreiter and Schmidhuber, *Long Short-Term Memory*, Neural Computation, 1997.
public struct LSTMSequence: Op, Codable {
  public static let name = "lstmSequence"

  public static var inputCounts: ClosedRange<Int> { 4...4 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs.count == 4, "needs gates, weight, h0 and c0", inputs)
    let (gates, weight) = (inputs[0], inputs[1])
    try require(gates.dtype.isFloatingPoint, "needs floats", inputs)
    try require(inputs.allSatisfy { $0.dtype == gates.dtype }, "dtypes differ", inputs)
    try require(weight.rank == 2, "the weight needs two axes, [4 · hidden, hidden]", inputs)
    let hidden = weight.shape[1]
    try require(weight.shape[0] == 4 * hidden, "the weight needs four rows a column", inputs)
    try require(
      gates.rank == 3 && gates.shape[2] == 4 * hidden, "gates need [time, batch, 4 · hidden]",
      inputs)
    let state = TensorType([gates.shape[1], hidden], gates.dtype)
    try require(inputs[2] == state && inputs[3] == state, "h0 and c0 need [batch, hidden]", inputs)
    let (time, batch, wide) = (gates.shape[0], gates.shape[1], gates.dtype.accumulating)
    try require(time > 0, "there are no steps", inputs)
    return TensorTypes([
      TensorType([time, batch, hidden], gates.dtype), state,
      TensorType([time, hidden, batch], wide), TensorType([time, 4 * hidden, batch], wide),
    ])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let plan = LSTMPlan(inputs[0].shape, inputs[0].dtype)
    let (dtype, wide) = (inputs[0].dtype, plan.wide)
    let result = lowering.room(for: 0, as: wide, lowering.output(0).shape)
    let (states, gates) = (lowering.output(2), lowering.output(3))
    lowering.convert(
      lowering.input(0).with(
        lowering.input(0).layout.permuted([0, 2, 1])), to: gates)
    let weight = lowering.dense(lowering.input(1), as: wide, inputs[1].shape)
    let (start, output) = (lowering.temporary(plan.state), lowering.temporary(plan.state))
    lowering.convert(lowering.input(3).swapped(0, 1), to: start)
    lowering.convert(lowering.input(2).swapped(0, 1), to: output)
    for step in 0..<plan.time {
      let gate = gates.step(step)
      lowering.emit(MatrixProduct(accumulates: true), [gate], [weight, output])
      lowering.emit(
        LSTMCell(), [gate, states.step(step), output, result.step(step)],
        [step == 0 ? start : states.step(step - 1)])
    }
    lowering.convert(states.step(plan.time - 1).swapped(0, 1), to: lowering.output(1))
    if dtype != wide { lowering.store(result, to: 0) }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard cotangents[0] != nil || cotangents[1] != nil else { return inputs.map { _ in nil } }
    let (gates, weight, h0) = (inputs[0], inputs[1], inputs[2])
    let dh = cotangents[0] ?? gates.zeros(outputs[0].shape)
    let dState = cotangents[1] ?? gates.zeros(outputs[1].shape)
    let results = Symbol.apply(
      LSTMSequenceGradient(),
      inputs: [dh, dState] + inputs + [outputs[2], outputs[3]], at: .unknown)
    // dW = the sum over steps of dz[t]ᵀ h[t-1]: one product.
    let (time, batch, hidden) = (gates.shape[0], gates.shape[1], h0.shape[1])
    var before = h0.expandingDims(at: 0)
    if time > 1 {
      let rest = Symbol.apply(
        Slice(starts: [0, 0, 0], steps: [1, 1, 1], counts: [time - 1, batch, hidden]), outputs[0],
        at: .unknown)
      before = .apply(Concatenate(axis: 0), before, rest, at: .unknown)
    }
    let rows = time * batch
    let dWeight = results[0].reshaped([rows, 4 * hidden]).matrixTransposed()
      .matmul(before.reshaped([rows, hidden]))
    return [results[0], dWeight.reshaped(weight.shape), results[1], results[2]]
  }

  /// The same by elementary operators, one step after another.
  static func composed(_ inputs: Symbols) -> Symbols {
    let (gates, weight) = (inputs[0], inputs[1])
    var (h, c, all) = (inputs[2], inputs[3], Symbols())
    let (time, batch, hidden) = (gates.shape[0], gates.shape[1], h.shape[1])
    func part(_ x: Symbol, _ start: [Int], _ counts: [Int]) -> Symbol {
      .apply(
        Slice(
          starts: start, steps: start.map { _ in 1 }, counts: counts), x,
        at: .unknown)
    }
    for step in 0..<time {
      let z =
        part(gates, [step, 0, 0], [1, batch, 4 * hidden]).reshaped([batch, 4 * hidden])
        + h.matmul(weight.matrixTransposed())
      let parts = (0..<4).map { part(z, [0, $0 * hidden], [batch, hidden]) }
      c = parts[1].sigmoid() * c + parts[0].sigmoid() * parts[2].tanh()
      h = parts[3].sigmoid() * c.tanh()
      all.append(h.expandingDims(at: 0))
    }
    return [Symbol.apply(Concatenate(axis: 0), inputs: all, at: .unknown)[0], c]
  }
}

/// The gradients of ``LSTMSequence`` with respect to gates, h0 and c0.
///
/// Inputs: the cotangents of the outputs and of the last state; gates, weight, h0, c0; the states
/// and activations that the forward pass saved.
///
/// - Complexity: O(time · batch · hidden²) multiply-adds.
public struct LSTMSequenceGradient: Op, Codable {
  public static let name = "lstmSequenceGradient"

  public static var inputCounts: ClosedRange<Int> { 8...8 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs.count == 8, "needs cotangents, inputs and what was saved", inputs)
    let results = try LSTMSequence().outputTypes(for: TensorTypes(inputs.dropFirst(2).prefix(4)))
    try require(
      Array(inputs.prefix(2)) == Array(results.prefix(2))
        && Array(inputs.suffix(2)) == Array(results.suffix(2)),
      "needs cotangents and what was saved as \(results)", inputs)
    return TensorTypes([inputs[2], inputs[4], inputs[5]])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let plan = LSTMPlan(inputs[2].shape, inputs[2].dtype)
    let wide = plan.wide
    let dh = lowering.converted(lowering.input(0), to: wide)
    // Transposed once, so that every step reads its rows.
    let weight = lowering.temporary(TensorType([plan.hidden, 4 * plan.hidden], wide))
    lowering.convert(lowering.input(3).swapped(0, 1), to: weight)
    let (start, dOutput) = (lowering.temporary(plan.state), lowering.temporary(plan.state))
    let dState = lowering.temporary(plan.state)
    lowering.convert(lowering.input(5).swapped(0, 1), to: start)
    lowering.convert(lowering.input(1).swapped(0, 1), to: dState)
    lowering.fill(dOutput, with: ScalarValue(0, wide))
    let states = lowering.dense(lowering.input(6), as: wide, inputs[6].shape)
    let gates = lowering.dense(lowering.input(7), as: wide, inputs[7].shape)
    let dGates = lowering.temporary(inputs[7])
    for step in (0..<plan.time).reversed() {
      let before = step == 0 ? start : states.step(step - 1)
      lowering.emit(
        LSTMCellGradient(), [dGates.step(step), dState],
        [gates.step(step), states.step(step), before, dOutput, dh.step(step)])
      lowering.emit(MatrixProduct(), [dOutput], [weight, dGates.step(step)])
    }
    lowering.convert(
      dGates.with(dGates.layout.permuted([0, 2, 1])), to: lowering.output(0))
    lowering.convert(dOutput.swapped(0, 1), to: lowering.output(1))
    lowering.convert(dState.swapped(0, 1), to: lowering.output(2))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // What was saved is a function of the inputs: the formula starts from those alone.
    let (slopes, sources) = (Array(inputs[0..<2]), Array(inputs[2..<6]))
    let forward = LSTMSequence.composed(sources)
    let first = Symbol.pullback(of: forward, slopes, to: sources)
    let results = [first[0], first[2], first[3]].map { $0 ?? inputs[0].zeros([]) }
    return Symbol.pullback(of: results, cotangents, to: slopes + sources) + [nil, nil]
  }
}

/// The lengths of a sequence.
private struct LSTMPlan {
  let time: Int
  let hidden: Int
  let wide: DType
  /// A state, feature-major.
  let state: TensorType

  init(_ gates: Shape, _ dtype: DType) {
    (time, hidden, wide) = (gates[0], gates[2] / 4, dtype.accumulating)
    state = TensorType([hidden, gates[1]], wide)
  }
}

extension Lowering.Slot {
  /// What belongs to one step of a sequence.
  fileprivate func step(_ index: Int) -> Lowering.Slot {
    with(layout.selecting(index, axis: 0))
  }
}

extension ArrayExpression {
  /// An LSTM over what its inputs give to the gates; see ``LSTMSequence``.
  ///
  /// - Returns: the outputs of all steps and the last state.
  public func lstmSequence(
    weight: Self, h0: Self, c0: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> (outputs: Self, state: Self) {
    let results = Self.apply(
      LSTMSequence(), inputs: [self, weight, h0, c0], at: CallSite(file, line))
    return (results[0], results[1])
  }
}
