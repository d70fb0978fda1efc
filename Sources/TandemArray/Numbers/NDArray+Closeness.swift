// Whether arrays are equal, or nearly so.

extension NDArray {
  /// Where elements differ by no more than `absolute + relative · |other|`; `numpy.isclose`.
  ///
  /// - Parameter equalNaN: whether NaN counts as close to NaN.
  public func isClose(
    to other: NDArray, relative: Double = 1e-5, absolute: Double = 1e-8, equalNaN: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard (try? TandemShapes.broadcast(shape, other.shape)) != nil else {
      fail("isClose: shapes do not fit: \(type), \(other.type)", at: site)
    }
    let wide = dtype.promoted(with: other.dtype).floating.accumulating
    let (a, b) = (cast(to: wide), other.cast(to: wide))
    let near = (a - b).abs() .<= (b.abs() * relative + absolute)
    let close = (a .== b) .| (near .& b.isFinite())
    return equalNaN ? close .| (a.isNaN() .& b.isNaN()) : close
  }

  /// Whether all elements are close; `numpy.allclose`. Waits; in a traced region use
  /// ``isClose(to:relative:absolute:equalNaN:file:line:)`` and `all`.
  public func allClose(
    to other: NDArray, relative: Double = 1e-5, absolute: Double = 1e-8, equalNaN: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Bool {
    isClose(
      to: other, relative: relative, absolute: absolute, equalNaN: equalNaN, file: file, line: line
    ).all().item(as: Bool.self, file: file, line: line)
  }

  /// Whether shapes are the same and all elements are equal; `numpy.array_equal`. Waits.
  public func arrayEqual(
    _ other: NDArray, equalNaN: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Bool {
    guard shape == other.shape else { return false }
    var equal = self .== other
    if equalNaN, dtype.isFloatingPoint, other.dtype.isFloatingPoint {
      equal = equal .| (isNaN() .& other.isNaN())
    }
    return equal.all().item(as: Bool.self, file: file, line: line)
  }

  /// Whether shapes broadcast and all elements are then equal; `numpy.array_equiv`. Waits.
  public func arrayEquivalent(
    _ other: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> Bool {
    guard (try? TandemShapes.broadcast(shape, other.shape)) != nil else { return false }
    return (self .== other).all().item(as: Bool.self, file: file, line: line)
  }
}
