// Axes of length one, so that an array has at least so many.

extension ArrayExpression {
  /// The array with an axis in front if it has none; `numpy.atleast_1d`.
  public func atLeast1D(file: StaticString = #fileID, line: UInt = #line) -> Self {
    rank >= 1 ? self : reshaped([1], file: file, line: line)
  }

  /// The array with two axes at least: a vector `[n]` becomes the row `[1, n]`; `numpy.atleast_2d`.
  public func atLeast2D(file: StaticString = #fileID, line: UInt = #line) -> Self {
    switch rank {
    case 0: reshaped([1, 1], file: file, line: line)
    case 1: expandingDims(at: 0, file: file, line: line)
    default: self
    }
  }

  /// The array with three axes at least: `[n]` becomes `[1, n, 1]` and `[m, n]` becomes
  /// `[m, n, 1]`; `numpy.atleast_3d`.
  public func atLeast3D(file: StaticString = #fileID, line: UInt = #line) -> Self {
    switch rank {
    case 0: reshaped([1, 1, 1], file: file, line: line)
    case 1: reshaped(Shape([1, count, 1]), file: file, line: line)
    case 2: expandingDims(at: 2, file: file, line: line)
    default: self
    }
  }
}
