/// The smallest of the elements up to each one along an axis; `numpy.minimum.accumulate`.
///
/// Gradient and NaN: ``CumulativeExtremumOp``.
public struct CumulativeMin: CumulativeExtremumOp {
  public static let name = "cumulativeMin"
  public static let kind = Scan.Kind.min

  /// The axis along which elements are compared.
  public let axis: Int
  /// Whether the scan starts at the end of the axis.
  public let reversed: Bool

  /// The operator with these attributes.
  public init(axis: Int, reversed: Bool = false) {
    (self.axis, self.reversed) = (axis, reversed)
  }
}

extension ArrayExpression {
  /// The smallest of the elements up to each one along `axis`, from its end if `reversed`; see
  /// ``CumulativeMin``.
  public func cumulativeMin(
    axis: Int, reversed: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "cumulativeMin", at: site)
    return .apply(CumulativeMin(axis: axis, reversed: reversed), self, at: site)
  }
}
