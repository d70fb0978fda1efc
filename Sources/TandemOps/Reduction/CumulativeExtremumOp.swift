/// The largest or the smallest element up to each one along an axis.
///
/// Keeps shape and dtype. A NaN stays from where it is met.
/// Gradient: each `dy` goes to the element that was chosen, the first of equal ones (PyTorch takes
/// the last).
public protocol CumulativeExtremumOp: Op, Codable {
  /// What is kept along the axis.
  static var kind: Scan.Kind { get }
  /// The axis along which elements are compared.
  var axis: Int { get }
  /// Whether the scan starts at the end of the axis.
  var reversed: Bool { get }
}

extension CumulativeExtremumOp {
  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireOrder(axis, inputs)
    return TensorTypes(inputs[0])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      Scan(Self.kind, axis: axis, reversed: reversed), [lowering.output(0)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint else { return [nil] }
    guard dy.count > 0 else { return [dy] }
    func forwards(_ symbol: Symbol) -> Symbol { reversed ? symbol.flipped(axis: axis) : symbol }
    let places = forwards(outputs[0]).startsOfRuns(along: axis)
    let dx = dy.zeros(dy.shape).scatter(forwards(dy), along: places, axis: axis, by: .add)
    return [forwards(dx)]
  }
}

extension Symbol {
  /// For each element, where along an axis the run of equal elements starts in which it lies, as
  /// int64; what follows a NaN belongs to its run.
  fileprivate func startsOfRuns(along axis: Int) -> Symbol {
    let length = shape[axis]
    let (before, after) = (sliced(axis: axis, to: length - 1), sliced(axis: axis, from: 1))
    let starts = (after .!= before) .& (before .== before)
    var column = Shape([Int](repeating: 1, count: rank))
    column[axis] = length - 1
    let numbers = constant(ScalarValue(1, .int64)).broadcast(to: column).cumulativeSum(axis: axis)
    let zero = constant(ScalarValue(0, .int64))
    var first = shape
    first[axis] = 1
    let places = Symbol.concatenated(
      [zero.broadcast(to: first), .where(starts, numbers, zero)], axis: axis)
    return .apply(CumulativeMax(axis: axis), places, at: .unknown)
  }
}
