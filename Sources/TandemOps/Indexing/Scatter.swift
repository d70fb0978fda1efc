/// An array in which the places that indices pick are combined with updates: what ``Take``,
/// ``TakeAlongAxis`` and ``Gather`` read, this writes.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | any |
/// | `updates` | what the indices pick from `x`, dtype of `x` |
/// | index arrays | as the form says, int32 or int64 |
/// | result | that of `x` |
///
/// Updates are applied in row-major order of the indices: where indices repeat, the last of `.set`
/// stays. The result may take over the storage of `x`. Sums of 16-bit floats are made in float32
/// and rounded once: so are the gradients of what picks an element many times.
///
/// - Complexity: O(count(x) + count(updates)).
public struct Scatter: Op, Codable {
  public static let name = "scatter"

  public static var inputCounts: ClosedRange<Int> { 3...Int.max }

  public static var acceptsComplex: Bool { true }

  /// How the indices pick.
  public let form: IndexForm
  /// What an update does.
  public let mode: TandemKernels.Scatter.Mode

  public init(_ form: IndexForm, _ mode: TandemKernels.Scatter.Mode) {
    (self.form, self.mode) = (form, mode)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let (x, updates) = (inputs[0], inputs[1])
    let indices = try form.indexShape(of: inputs.dropFirst(2), x: x.shape, inputs)
    let list = try form.checkedListShape(x.shape, indices, inputs)
    try require(updates.shape == list, "updates need the shape \(list)", inputs)
    try require(updates.dtype == x.dtype, "dtypes differ", inputs)
    try require(
      x.dtype.kind != .complex || mode == .set || mode == .add, "complex numbers have no order",
      inputs)
    return TensorTypes(x)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let indices = form.slots(inputs.indices.dropFirst(2).map { lowering.input($0) })
    let wide = mode == .add ? inputs[0].dtype.accumulating : inputs[0].dtype
    let (x, updates) = (
      lowering.converted(lowering.input(0), to: wide),
      lowering.converted(lowering.input(1), to: wide)
    )
    // Sums are made in place of the converted array.
    let result = wide == inputs[0].dtype ? lowering.output(0) : x
    lowering.emit(TandemKernels.Scatter(form, mode), [result], [x, updates] + indices)
    if wide != inputs[0].dtype {
      lowering.map([lowering.output(0)], [result]) { [$0[0].cast(to: inputs[0].dtype)] }
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    var result = [Symbol?](repeating: nil, count: inputs.count)
    guard let dy = cotangents[0], inputs[0].dtype.isDifferentiable else { return result }
    let (x, updates, indices) = (inputs[0], inputs[1], Array(inputs.dropFirst(2)))
    switch mode {
    case .add:
      (result[0], result[1]) = (dy, picked(dy, indices))
    case .set:
      result[0] = scattering(dy.zeros(updates.shape), into: dy, indices)
      result[1] = picked(dy, indices) * lastWriters(x, updates, indices).cast(to: dy.dtype)
    case .min, .max:
      // All that reached the extremum share its gradient equally.
      let y = outputs[0]
      // They are counted in float32 at least: float16 ends at 65,504, and bfloat16 at 256 counts
      // no further.
      let wide = dy.dtype.accumulating
      let own = (x .== y).cast(to: wide)
      let theirs = (updates .== picked(y, indices)).cast(to: wide)
      let sharers = Symbol.apply(
        Scatter(form, .add), inputs: [own, theirs] + indices, at: .unknown)[0]
      let share = dy.cast(to: wide) / sharers
      (result[0], result[1]) = (
        (own * share).cast(to: dy.dtype), (theirs * picked(share, indices)).cast(to: dy.dtype)
      )
    }
    return result
  }

  private func picked(_ array: Symbol, _ indices: Symbols) -> Symbol {
    let op: any GatherOp =
      switch form {
      case .rows(let axis): Take(axis: axis)
      case .along(let axis): TakeAlongAxis(axis: axis)
      case .leading(let count): Gather(count: count)
      }
    func apply(_ op: some GatherOp) -> Symbol {
      Symbol.apply(op, inputs: [array] + indices, at: .unknown)[0]
    }
    return apply(op)
  }

  private func scattering(_ updates: Symbol, into x: Symbol, _ indices: Symbols) -> Symbol {
    Symbol.apply(Scatter(form, .set), inputs: [x, updates] + indices, at: .unknown)[0]
  }

  /// Which updates were not overwritten by later ones: those that find their own number where they
  /// wrote it.
  private func lastWriters(_ x: Symbol, _ updates: Symbol, _ indices: Symbols) -> Symbol {
    let one = updates.constant(ScalarValue(1, .int64))
    let numbers = one.broadcast(to: [updates.count]).cumulativeSum(axis: 0)
      .reshaped(updates.shape)
    let written = scattering(numbers, into: one.zeros(x.shape), indices)
    return picked(written, indices) .== numbers
  }
}

extension ArrayExpression {
  /// The array with the places that index arrays pick along the first axes combined with updates,
  /// as in `x[i, j] += updates`; updates broadcast. See ``Scatter``.
  public func scatter(
    _ updates: Self, at indices: [Self], by mode: TandemKernels.Scatter.Mode = .set,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    scatter(.leading(count: indices.count), updates, indices, mode, CallSite(file, line))
  }

  /// The array with slices along one axis combined with updates, as ``take(_:axis:file:line:)``
  /// picks them. See ``Scatter``.
  public func scatter(
    _ updates: Self, rows indices: Self, axis: Int, by mode: TandemKernels.Scatter.Mode = .set,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    return scatter(
      .rows(axis: self.axis(axis, of: "scatter", at: site)), updates, [indices], mode, site)
  }

  /// The array with one element for each index along one axis combined with updates, as
  /// ``takeAlongAxis(_:axis:file:line:)`` picks them. See ``Scatter``.
  public func scatter(
    _ updates: Self, along indices: Self, axis: Int, by mode: TandemKernels.Scatter.Mode = .set,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    return scatter(
      .along(axis: self.axis(axis, of: "scatter", at: site)), updates, [indices], mode, site)
  }

  private func scatter(
    _ form: IndexForm, _ updates: Self, _ indices: [Self], _ mode: TandemKernels.Scatter.Mode,
    _ site: CallSite
  ) -> Self {
    let indices = indices.map { $0.asIndices() }
    let types = TensorTypes([type, updates.type] + indices.map(\.type))
    do throws(ShapeError) {
      let picked = try form.indexShape(of: indices.map(\.type), x: shape, types)
      let list = try form.checkedListShape(shape, picked, types)
      var stretched = updates.cast(to: dtype)
      if stretched.shape != list, (try? TandemShapes.broadcast(updates.shape, list)) == list {
        stretched = stretched.broadcast(to: list)
      }
      return Self.apply(Scatter(form, mode), inputs: [self, stretched] + indices, at: site)[0]
    } catch {
      fail("scatter: \(error.message)", at: site)
    }
  }
}
