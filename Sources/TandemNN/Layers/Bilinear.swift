/// A bilinear function of the last axes of two arrays: `y = aᵀ W b + c`, one `W` for each output.
///
/// - Input: `[..., lhs]` and `[..., rhs]`. Output: `[..., outputs]`.
/// - Parameters: `weight`, `[outputs, lhs, rhs]`; `bias`, `[outputs]`, starts at zero.
public struct Bilinear: Sendable {
  public let weight: Parameter
  public let bias: Parameter?

  /// - Parameters:
  ///   - outputs: the number of features that come out.
  ///   - lhs: the number of features of the first input; inferred at the first call if `nil`.
  ///   - rhs: that of the second.
  ///   - hasBias: whether `c` is there.
  ///   - initializer: of the weight.
  public init(
    _ outputs: Int, lhs: Int? = nil, rhs: Int? = nil, hasBias: Bool = true,
    initializer: Initializer = .heUniform, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["outputs": outputs, "lhs": lhs ?? 1, "rhs": rhs ?? 1], of: "Bilinear",
      at: CallSite(file, line))
    // In the order in which lengths are inferred.
    weight = Parameter(shape: [outputs, lhs, rhs], initializer: initializer)
    bias = hasBias ? Parameter(shape: [outputs], initializer: .zeros) : nil
  }

  /// What the layer computes of two arrays that differ in their last axes alone.
  public func callAsFunction(
    _ a: NDArray, _ b: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard a.rank > 0, b.rank > 0, a.shape.dropLast() == b.shape.dropLast() else {
      fail(
        "bilinear: shapes differ before the last axis: \(a.type), \(b.type)",
        at: CallSite(file, line))
    }
    let lengths = zip([a.shape[-1], b.shape[-1]], weight.declaredShape.dropFirst())
      .compactMap { $1 == nil ? $0 : nil }
    let weight =
      lengths.count == 2
      ? weight.value(for: lengths[0], lengths[1], file: file, line: line)
      : lengths.count == 1 ? weight.value(for: lengths[0], file: file, line: line) : weight.value
    guard weight.shape[1] == a.shape[-1], weight.shape[2] == b.shape[-1] else {
      fail(
        "bilinear: features differ: \(a.type), \(b.type), \(weight.type)", at: CallSite(file, line))
    }
    let (rows, outputs) = (a.shape.dropLast().elementCount, weight.shape[0])
    let (left, right) = (weight.shape[1], weight.shape[2])
    // [rows, left] · [left, outputs · right]
    let half = a.reshaped([rows, left])
      .linear(
        weight.transposed([0, 2, 1]).reshaped([outputs * right, left]), file: file, line: line
      )
      .reshaped([rows, outputs, right])
    let sums = (half * b.reshaped([rows, 1, right])).sum(axis: -1)  // [rows, outputs]
    let y = bias.map { sums + $0.value } ?? sums
    return y.reshaped(a.shape.dropLast().appending(outputs))
  }
}
