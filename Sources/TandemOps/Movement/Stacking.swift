// Arrays joined as the rows, columns or layers of one.

extension ArrayExpression {
  /// Arrays below one another, vectors as rows; `numpy.vstack`, `numpy.row_stack`.
  public static func vstacked(
    _ arrays: [Self], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    joined(arrays.map { $0.atLeast2D(file: file, line: line) }, 0, "vstacked", file, line)
  }

  /// Arrays beside one another: along the second axis, vectors along their only one;
  /// `numpy.hstack`.
  public static func hstacked(
    _ arrays: [Self], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let parts = arrays.map { $0.atLeast1D(file: file, line: line) }
    return joined(parts, parts.first?.rank == 1 ? 0 : 1, "hstacked", file, line)
  }

  /// Arrays behind one another along the third axis; `numpy.dstack`.
  public static func dstacked(
    _ arrays: [Self], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    joined(arrays.map { $0.atLeast3D(file: file, line: line) }, 2, "dstacked", file, line)
  }

  /// Vectors as the columns of a matrix, matrices beside one another; `numpy.column_stack`.
  public static func columnStacked(
    _ arrays: [Self], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let parts = arrays.map { array in
      array.rank < 2 ? array.reshaped(Shape([array.count, 1]), file: file, line: line) : array
    }
    return joined(parts, 1, "columnStacked", file, line)
  }

  /// The array with another one behind it along an axis; without one, both flattened;
  /// `numpy.append`.
  public func appending(
    _ values: Self, axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let parts = axis == nil ? [self, values].map { $0.flattened(file: file, line: line) } : nil
    return .joined(parts ?? [self, values], axis ?? 0, "appending", file, line)
  }

  private static func joined(
    _ arrays: [Self], _ axis: Int, _ name: String, _ file: StaticString, _ line: UInt
  ) -> Self {
    if arrays.isEmpty { fail("\(name): no arrays", at: CallSite(file, line)) }
    return concatenated(arrays, axis: axis, file: file, line: line)
  }

  /// The parts along an axis, each without it; `mlx.unstack`.
  public func unstacked(
    axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> [Self] {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "unstacked", at: site)
    return (0..<shape[axis]).map { place in
      sliced(axis: axis, from: place, to: place + 1, file: file, line: line)
        .squeezed(axis: axis, file: file, line: line)
    }
  }
}
