/// Pictures in other lengths; see `resampled(to:mode:alignsCorners:)`.
///
/// - Input: `[batch, channels, spatial...]`, one to three spatial axes. Output:
///   `[batch, channels, spatial · scale...]`, rounded down.
public struct Upsample: ReportingLayer {
  /// The factors of the lengths, one for each spatial axis, or one for all.
  public let scales: [Double]
  /// How elements between elements are made.
  public let mode: Interpolation
  /// Whether the middles of the outermost elements stay where they are.
  public let alignsCorners: Bool

  /// - Parameters:
  ///   - scale: the factor of all lengths; must be positive.
  ///   - mode: how elements between elements are made.
  ///   - alignsCorners: whether the middles of the outermost elements stay where they are, instead
  ///     of the outer edges.
  public init(
    _ scale: Double, mode: Interpolation = .nearest, alignsCorners: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(scales: [scale], mode: mode, alignsCorners: alignsCorners, file: file, line: line)
  }

  /// - Parameters:
  ///   - scales: the factors of the lengths, one for each spatial axis; must be positive.
  ///   - mode: how elements between elements are made.
  ///   - alignsCorners: whether the middles of the outermost elements stay where they are, instead
  ///     of the outer edges.
  public init(
    scales: [Double], mode: Interpolation = .nearest, alignsCorners: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    for scale in scales where !(scale > 0 && scale.isFinite) {
      fail("Upsample: scale must be positive, got \(scale)", at: CallSite(file, line))
    }
    (self.scales, self.mode, self.alignsCorners) = (scales, mode, alignsCorners)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let axes = x.rank - 2
    guard axes > 0, scales.count == 1 || scales.count == axes else {
      fail("resampled: needs a spatial axis for each scale: \(x.type), \(scales)", at: .unknown)
    }
    let scales = scales.count == axes ? scales : Array(repeating: scales[0], count: axes)
    let lengths = zip(x.shape.array.dropFirst(2), scales).map { Int(Double($0) * $1) }
    return x.resampled(to: lengths, mode: mode, alignsCorners: alignsCorners, scales: scales)
  }
}
