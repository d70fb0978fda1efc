/// The largest elements of windows.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | `[n, channels, spatial...]`, one to three spatial axes; any floats |
/// | result | `[n, channels, (spatial + padding - reach) / stride + 1 ...]` |
///
/// `reach` is `dilation · (window - 1) + 1`. A NaN wins; padding never does.
///
/// - Complexity: O(count(result) · window).
public struct MaxPool: Op, Codable {
  public static let name = "maxPool"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// Where the windows lie.
  public let geometry: PoolGeometry

  public init(_ geometry: PoolGeometry) { self.geometry = geometry }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    TensorTypes(try geometry.pooled(inputs[0], inputs))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.MaxPool(geometry), [lowering.output(0)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil] }
    return [.apply(MaxPoolGradient(geometry), dy, inputs[0], at: .unknown)]
  }
}

/// The gradient of ``MaxPool``, from the cotangent of its result and its input: each element goes
/// to the first largest element of its window.
public struct MaxPoolGradient: Op, Codable {
  public static let name = "maxPoolGradient"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  /// Where the windows lie.
  public let geometry: PoolGeometry

  public init(_ geometry: PoolGeometry) { self.geometry = geometry }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let pooled = try geometry.pooled(inputs[1], inputs)
    try require(inputs[0] == pooled, "needs the type \(pooled) of the pooled input", inputs)
    return TensorTypes(inputs[1])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      MaxPoolBackward(geometry), [lowering.output(0)], [lowering.input(0), lowering.input(1)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // Linear in dy; which element is the largest does not change near x.
    guard let c = cotangents[0] else { return [nil, nil] }
    return [.apply(MaxPoolSelection(geometry), c, inputs[1], at: .unknown), nil]
  }
}

/// What an array holds where another has the first largest element of each window: the transpose of
/// ``MaxPoolGradient``.
public struct MaxPoolSelection: Op, Codable {
  public static let name = "maxPoolSelection"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  /// Where the windows lie.
  public let geometry: PoolGeometry

  public init(_ geometry: PoolGeometry) { self.geometry = geometry }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let pooled = try geometry.pooled(inputs[1], inputs)
    try require(inputs[0] == inputs[1], "types differ", inputs)
    return TensorTypes(pooled)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      MaxPoolPick(geometry), [lowering.output(0)], [lowering.input(0), lowering.input(1)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let c = cotangents[0] else { return [nil, nil] }
    return [.apply(MaxPoolGradient(geometry), c, inputs[1], at: .unknown), nil]
  }
}

extension ArrayExpression {
  /// The largest elements of windows over the spatial axes; see ``MaxPool``.
  ///
  /// - Parameters:
  ///   - window: how many positions, one number for each spatial axis.
  ///   - stride: how far apart windows start; `window` if left out.
  ///   - padding: how many positions to add at both ends.
  ///   - paddingEnd: how many at the end, where they are not as many as at the start.
  ///   - dilation: how far apart the positions of a window are.
  ///   - ceilMode: whether a last window may reach over the end.
  public func maxPool(
    window: [Int], stride: [Int]? = nil, padding: [Int] = [0], paddingEnd: [Int]? = nil,
    dilation: [Int] = [1], ceilMode: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let geometry = poolGeometry(
      "maxPool", window, stride, (padding, paddingEnd ?? padding), dilation, ceilMode, site)
    return .apply(MaxPool(geometry), self, at: site)
  }

  /// The geometry that a user's lists say; stops with a message if they do not fit.
  func poolGeometry(
    _ name: String, _ window: [Int], _ stride: [Int]?, _ padding: (begin: [Int], end: [Int]),
    _ dilation: [Int], _ ceilMode: Bool, _ site: CallSite
  ) -> PoolGeometry {
    let axes = rank - 2
    do throws(ShapeError) {
      let window = try spatial(window, axes, "window", atLeast: 1)
      let begin = Shape(try spatial(padding.begin, axes, "padding", atLeast: 0))
      let end = Shape(try spatial(padding.end, axes, "padding", atLeast: 0))
      return PoolGeometry(
        window: Shape(window),
        stride: Shape(try spatial(stride ?? window, axes, "stride", atLeast: 1)),
        paddingBegin: begin, paddingEnd: end,
        dilation: Shape(try spatial(dilation, axes, "dilation", atLeast: 1)), ceilMode: ceilMode)
    } catch {
      fail("\(name): \(error.with([type]).message)", at: site)
    }
  }
}

extension PoolGeometry {
  /// The type of what pooling makes of an input.
  func pooled(_ x: TensorType, _ inputs: TensorTypes) throws(ShapeError) -> TensorType {
    try require(x.dtype.isFloatingPoint, "needs floating-point numbers", inputs)
    do throws(ShapeError) {
      return TensorType(try outputShape(for: x.shape), x.dtype)
    } catch {
      throw error.with(inputs)
    }
  }
}
