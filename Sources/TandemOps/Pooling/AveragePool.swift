/// The means of windows.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | `[n, channels, spatial...]`, one to three spatial axes; any floats |
/// | result | `[n, channels, (spatial + padding - reach) / stride + 1 ...]` |
///
/// `reach` is `dilation · (window - 1) + 1`.
///
/// - Complexity: O(count(result) · window).
public struct AveragePool: Op, Codable {
  public static let name = "averagePool"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// Where the windows lie.
  public let geometry: PoolGeometry
  /// Whether padding counts as zeros, or not at all.
  public let countsPadding: Bool

  public init(_ geometry: PoolGeometry, countsPadding: Bool = true) {
    (self.geometry, self.countsPadding) = (geometry, countsPadding)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    TensorTypes(try geometry.pooled(inputs[0], inputs))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.AveragePool(geometry, countsPadding: countsPadding), [lowering.output(0)],
      [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    let op = AveragePoolGradient(
      geometry, countsPadding: countsPadding, input: inputs[0].shape)
    return [cotangents[0].map { .apply(op, $0, at: .unknown) }]
  }
}

/// The gradient of ``AveragePool``: each element is shared out over its window. The two are each
/// other's gradients.
public struct AveragePoolGradient: Op, Codable {
  public static let name = "averagePoolGradient"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// Where the windows lie.
  public let geometry: PoolGeometry
  /// As in ``AveragePool``.
  public let countsPadding: Bool
  /// The shape of the pooling's input.
  public let input: Shape

  public init(_ geometry: PoolGeometry, countsPadding: Bool, input: Shape) {
    (self.geometry, self.countsPadding, self.input) = (geometry, countsPadding, input)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let result = TensorType(input, inputs[0].dtype)
    let pooled = try geometry.pooled(result, inputs)
    try require(inputs[0] == pooled, "needs the type \(pooled) of the pooled input", inputs)
    return TensorTypes(result)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      AveragePoolBackward(geometry, countsPadding: countsPadding), [lowering.output(0)],
      [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    let op = AveragePool(geometry, countsPadding: countsPadding)
    return [cotangents[0].map { .apply(op, $0, at: .unknown) }]
  }
}

extension ArrayExpression {
  /// The means of windows over the spatial axes; see ``AveragePool``, and
  /// ``maxPool(window:stride:padding:paddingEnd:dilation:ceilMode:file:line:)`` for the parameters.
  public func averagePool(
    window: [Int], stride: [Int]? = nil, padding: [Int] = [0], paddingEnd: [Int]? = nil,
    ceilMode: Bool = false, countsPadding: Bool = true, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let geometry = poolGeometry(
      "averagePool", window, stride, (padding, paddingEnd ?? padding), [1], ceilMode, site)
    return .apply(AveragePool(geometry, countsPadding: countsPadding), self, at: site)
  }
}
