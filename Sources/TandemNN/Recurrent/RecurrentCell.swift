/// One step of a recurrent network: from an input and a state to an output and the next state.
///
///     let cell = GRUCell(64)
///     var state = cell.startState(for: x[0])
///     for step in 0..<x.shape[0] {
///       let (output, next) = cell(x[step], from: state)
///       state = next
///     }
///
/// A state is a list of arrays, each `[batch, width]`. Cells that change what another cell does,
/// such as ``ResidualCell``, hold that one. Whole sequences go through
/// ``unroll(_:from:lengths:isBatchMajor:file:line:)``, each step by itself, or
/// ``run(_:from:lengths:isBatchMajor:file:line:)``, one loop operator. As a layer of one array a
/// cell gives the output of one step from a state of zeros.
public protocol RecurrentCell: ReportingLayer {
  /// The lengths of the vectors that make up a state.
  var stateWidths: [Int] { get }

  /// The length of an output; `nil` if it is that of the input.
  var outputWidth: Int? { get }

  /// One step.
  ///
  /// - Parameters:
  ///   - x: `[batch, inputs]`.
  ///   - state: as many arrays as ``stateWidths`` says, `[batch, width]`.
  func step(_ x: NDArray, from state: [NDArray]) -> RecurrentResult

  /// All steps of a sequence that starts from a given state.
  func sequence(_ x: RecurrentInput, from state: [NDArray]) -> RecurrentResult
}

/// Outputs and the last state.
public struct RecurrentResult: Sendable {
  /// Of one step `[batch, outputs]`; of a sequence `[time, batch, outputs]`.
  public var output: NDArray
  /// The state after the last step; of a sequence that is shorter than others, after its own.
  public var state: [NDArray]

  /// A result of these parts.
  public init(output: NDArray, state: [NDArray]) { (self.output, self.state) = (output, state) }
}

/// A batch of sequences that a cell goes through.
public struct RecurrentInput: Sendable {
  /// `[time, batch, inputs]`.
  public var values: NDArray
  /// Of each sequence, `[batch]`, integers; all steps if `nil`.
  public var lengths: NDArray?
  /// Whether each step is a piece of the graph of its own, instead of a loop.
  public var isUnrolled: Bool

  /// A batch of sequences.
  public init(_ values: NDArray, lengths: NDArray? = nil, isUnrolled: Bool = false) {
    (self.values, self.lengths, self.isUnrolled) = (values, lengths, isUnrolled)
  }

  /// The same sequences with other elements.
  func with(_ values: NDArray) -> RecurrentInput {
    RecurrentInput(values, lengths: lengths, isUnrolled: isUnrolled)
  }

  /// The sequences from their ends to their starts.
  var reversed: RecurrentInput { with(values.sequenceReverse(lengths: lengths)) }

  /// Which steps belong to the sequences, bool `[time, batch, 1]`.
  func valid(_ lengths: NDArray) -> NDArray {
    let (time, batch) = (values.shape[0], values.shape[1])
    let steps = withDevice(values.device) { NDArray.arange(time) }.reshaped([time, 1, 1])
    return steps .< lengths.cast(to: .int64).reshaped([1, batch, 1])
  }
}

extension RecurrentCell {
  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { step(x, from: startState(for: x)).output }

  /// One step; errors name the line of this call.
  public func callAsFunction(
    _ x: NDArray, from state: [NDArray], file: StaticString = #fileID, line: UInt = #line
  ) -> (output: NDArray, state: [NDArray]) {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      check(state)
      let result = step(x, from: state)
      return (result.output, result.state)
    }
  }

  /// Zeros, of the dtype and on the device of the input, of which `[..., batch, inputs]` is the
  /// end.
  public func startState(for x: NDArray) -> [NDArray] {
    let batch = x.rank < 2 ? 1 : x.shape[-2]
    return withDevice(x.device) {
      stateWidths.map { .zeros([batch, $0], dtype: x.dtype) }
    }
  }

  /// All steps of a sequence, each a piece of the graph of its own: for short sequences, and for
  /// graphs that are exported.
  ///
  /// - Parameters:
  ///   - x: `[time, batch, inputs]`, or `[batch, time, inputs]` if it is batch-major.
  ///   - state: before the first step; zeros if `nil`.
  ///   - lengths: of the sequences, `[batch]`; outputs behind an end are zero.
  ///   - isBatchMajor: whether the first axis of inputs and outputs is the batch, not the time.
  public func unroll(
    _ x: NDArray, from state: [NDArray]? = nil, lengths: NDArray? = nil,
    isBatchMajor: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (outputs: NDArray, state: [NDArray]) {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      go(RecurrentInput(x, lengths: lengths, isUnrolled: true), state, isBatchMajor)
    }
  }

  /// All steps of a sequence in one loop operator: as many kernels for a thousand steps as for ten.
  /// Arguments and results are those of ``unroll(_:from:lengths:isBatchMajor:file:line:)``.
  public func run(
    _ x: NDArray, from state: [NDArray]? = nil, lengths: NDArray? = nil,
    isBatchMajor: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> (outputs: NDArray, state: [NDArray]) {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      go(RecurrentInput(x, lengths: lengths), state, isBatchMajor)
    }
  }

  private func go(
    _ input: RecurrentInput, _ state: [NDArray]?, _ isBatchMajor: Bool
  ) -> (outputs: NDArray, state: [NDArray]) {
    let input = input.checked("cell", isBatchMajor)
    if let state { check(state) }
    let result = sequence(input, from: state ?? startState(for: input.values))
    return (isBatchMajor ? result.output.transposed([1, 0, 2]) : result.output, result.state)
  }

  private func check(_ state: [NDArray]) {
    guard state.count == stateWidths.count else {
      fail(
        "cell: a state has \(stateWidths.count) arrays, but \(state.count) are given",
        at: .unknown)
    }
  }

  /// Calls ``step(_:from:)`` for each step.
  public func sequence(_ x: RecurrentInput, from state: [NDArray]) -> RecurrentResult {
    x.steps(from: state, step)
  }
}

extension RecurrentInput {
  /// The same with time in front.
  func checked(_ name: String, _ isBatchMajor: Bool) -> RecurrentInput {
    guard values.rank == 3, values.shape[isBatchMajor ? 1 : 0] > 0 else {
      let axes = isBatchMajor ? "[batch, time, inputs]" : "[time, batch, inputs]"
      let cure = values.rank == 3 ? " with one step or more" : ""
      fail("\(name): needs \(axes)\(cure): \(values.type)", at: .unknown)
    }
    let batch = values.shape[isBatchMajor ? 0 : 1]
    if let lengths, lengths.rank != 1 || lengths.count != batch || !lengths.dtype.isInteger {
      fail(
        "\(name): needs a whole number of steps for each of \(batch) sequences: \(lengths.type)",
        at: .unknown)
    }
    return isBatchMajor ? with(values.transposed([1, 0, 2])) : self
  }

  /// Goes through the steps; behind the end of a sequence the state stays and outputs are zero.
  func steps(
    from state: [NDArray], _ step: (NDArray, [NDArray]) -> RecurrentResult
  ) -> RecurrentResult {
    let valid = lengths.map(valid)
    func guarded(_ x: NDArray, _ valid: NDArray?, _ before: [NDArray]) -> RecurrentResult {
      let result = step(x, before)
      guard let valid else { return result }
      return RecurrentResult(
        output: .where(valid, result.output, 0),
        state: zip(result.state, before).map { .where(valid, $0, $1) })
    }
    if isUnrolled {
      var (state, outputs) = (state, [NDArray]())
      for index in 0..<values.shape[0] {
        let result = guarded(values[index], valid.map { $0[index] }, state)
        outputs.append(result.output)
        state = result.state
      }
      return RecurrentResult(output: .stacked(outputs), state: state)
    }
    let (last, outputs) = scan(state, over: [values] + (valid.map { [$0] } ?? [])) {
      before, inputs in
      let result = guarded(inputs[0], inputs.count > 1 ? inputs[1] : nil, before)
      return (result.state, result.output)
    }
    return RecurrentResult(output: outputs, state: last)
  }
}
