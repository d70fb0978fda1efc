/// The largest of the elements up to each one along an axis; `numpy.maximum.accumulate`.
///
/// Gradient and NaN: ``CumulativeExtremumOp``.
public struct CumulativeMax: CumulativeExtremumOp {
  public static let name = "cumulativeMax"
  public static let kind = Scan.Kind.max

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
  /// The largest of the elements up to each one along `axis`, from its end if `reversed`; see
  /// ``CumulativeMax``.
  public func cumulativeMax(
    axis: Int, reversed: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "cumulativeMax", at: site)
    return .apply(CumulativeMax(axis: axis, reversed: reversed), self, at: site)
  }
}
