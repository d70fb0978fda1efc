// What can be drawn, and logarithms of probabilities outside of it.

extension NDArray {
  /// `logarithm` of the elements that are inside, and minus infinity elsewhere; no gradient comes
  /// from there, not even NaN.
  ///
  /// - Parameters:
  ///   - inside: where this array can be drawn.
  ///   - safe: an element that can be drawn.
  func within(
    _ inside: NDArray, safe: NDArray, _ logarithm: (NDArray) -> NDArray
  ) -> NDArray {
    NDArray.where(inside, logarithm(NDArray.where(inside, self, safe)), -Double.infinity)
  }

  /// Whether elements are whole numbers that are not negative.
  var isCount: NDArray { (self .>= 0) .& (self .== floor()) }

  /// `self · log y`, zero where `self` is and `y` has no logarithm; `scipy.special.xlogy`.
  func timesLog(_ y: NDArray) -> NDArray {
    let isNothing = (self .== 0) .& (y .> 0).logicalNot()
    return NDArray.where(isNothing, 0.0, self * NDArray.where(isNothing, 1.0, y).log())
  }

  /// `self · log(1 − y)`, zero where `self` is and `1 − y` has no logarithm.
  func timesLogOfRest(_ y: NDArray) -> NDArray {
    let isNothing = (self .== 0) .& (y .< 1).logicalNot()
    return NDArray.where(isNothing, 0.0, self * (-NDArray.where(isNothing, 0.0, y)).log1p())
  }
}
