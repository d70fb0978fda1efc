// The order of spectra.

extension FFT {
  /// The elements with the frequency zero moved to the middle of some axes, all if `nil`;
  /// `numpy.fft.fftshift`.
  public static func shifted<A: ArrayExpression>(
    _ x: A, axes: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let axes = x.axes(axes, of: "shifted", at: CallSite(file, line))
    return axes.reduce(x) { $0.rolled(by: $0.shape[$1] / 2, axis: $1, file: file, line: line) }
  }

  /// The inverse of ``shifted(_:axes:file:line:)``, another one for odd lengths;
  /// `numpy.fft.ifftshift`.
  public static func unshifted<A: ArrayExpression>(
    _ x: A, axes: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let axes = x.axes(axes, of: "unshifted", at: CallSite(file, line))
    return axes.reduce(x) { $0.rolled(by: -($0.shape[$1] / 2), axis: $1, file: file, line: line) }
  }
}
