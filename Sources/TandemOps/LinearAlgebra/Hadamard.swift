extension ArrayExpression {
  /// The last axis times Sylvester's Hadamard matrix, of ones and minus ones, and a factor;
  /// `mlx.hadamard_transform`.
  ///
  /// `y[k] = scale · Σⱼ x[j] (−1)^(number of ones that j and k have in common as binary numbers)`
  ///
  /// | value | shape |
  /// | --- | --- |
  /// | input | `[..., 2ᵏ]`; floats |
  /// | result | the same |
  ///
  /// Gradient: the same of `dy`, as the matrix is symmetric. Lengths that are no power of two,
  /// which MLX has for 12, 20 and 28, are refused.
  ///
  /// - Parameter scale: one over the square root of the length if `nil`, so that lengths stay.
  /// - Complexity: O(n log n) multiply-adds for each line.
  public func hadamardTransform(
    scale: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard rank > 0, dtype.isFloatingPoint else {
      fail("hadamardTransform: needs floats along an axis: \(type)", at: site)
    }
    let n = shape[-1]
    let odd = n == 0 ? 0 : n >> n.trailingZeroBitCount
    guard odd == 1 else {
      fail("hadamardTransform: needs a power of two along the last axis: \(type)", at: site)
    }
    // Axes of sixteen are multiplied by small matrices, one after another.
    var result = reshaped(Shape([count / n, n]), file: file, line: line)
    var (left, right) = (n, 1)
    while left > 1 {
      let size = Swift.min(left, 16)
      left /= size
      result = result.reshaped([count / n, left, size, right])
      let matrix = hadamardMatrix(size)
      result = matrix.matmul(result)
      right *= size
      result = result.reshaped([count / n, n])
    }
    let factor = scale ?? 1 / Double(n).squareRoot()
    return .apply(Multiply(), result, result.scalar(factor), at: site).reshaped(shape)
  }

  /// Sylvester's matrix of a power of two, in the dtype of `self`.
  private func hadamardMatrix(_ size: Int) -> Self {
    let one = constant(ScalarValue(1, dtype)).broadcast(to: [1, 1])
    var matrix = one
    while matrix.shape[0] < size {
      let negative: Self = .apply(Negate(), matrix, at: .unknown)
      matrix = .concatenated(
        [
          .concatenated([matrix, matrix], axis: 1), .concatenated([matrix, negative], axis: 1),
        ], axis: 0)
    }
    return matrix
  }
}
