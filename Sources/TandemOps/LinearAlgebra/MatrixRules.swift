// What the shape rules and gradients of factorizations share.

extension TensorType {
  /// The axes before the last two.
  var batch: Shape { shape.dropLast(2) }
  /// The length of the last axis but one.
  var rows: Int { shape[-2] }
  /// The length of the last axis.
  var columns: Int { shape[-1] }
}

/// Throws unless the first input is a float32 or float64 matrix or a batch of such.
func requireMatrix(_ inputs: TensorTypes) throws(ShapeError) {
  try require(inputs[0].rank >= 2, "needs two or more axes", inputs)
  try require(
    inputs[0].dtype == .float32 || inputs[0].dtype == .float64, "needs float32 or float64", inputs)
}

/// Throws unless the first input is a square matrix or a batch of such.
func requireSquare(_ inputs: TensorTypes) throws(ShapeError) {
  try requireMatrix(inputs)
  try require(inputs[0].rows == inputs[0].columns, "needs a square matrix", inputs)
}

/// The batch shape of a system of equations; throws unless left and right sides fit together.
func requireSystem(_ inputs: TensorTypes) throws(ShapeError) -> Shape {
  try requireSquare(inputs)
  try require(inputs[1].rank >= 2, "the right side needs two or more axes", inputs)
  try require(inputs[0].dtype == inputs[1].dtype, "dtypes differ", inputs)
  try require(inputs[0].rows == inputs[1].rows, "numbers of rows differ", inputs)
  do throws(ShapeError) {
    return try broadcast(inputs[0].batch, inputs[1].batch)
  } catch {
    throw ShapeError("batch axes do not broadcast: \(inputs)")
  }
}

extension Symbol {
  /// The matrix transpose, short for use in formulas.
  var mT: Symbol { matrixTransposed() }

  /// A matrix of this dtype with ones on the diagonal.
  func identity(_ size: Int) -> Symbol {
    scalar(1).cast(to: dtype).broadcast(to: [size]).diagonalMatrix()
  }

  /// `X - Xᵀ`.
  var skew: Symbol { self - mT }

  /// `(X + Xᵀ) / 2`.
  var symmetrized: Symbol { (self + mT) * 0.5 }

  /// The differences `x[j] - x[i]` of the last axis's elements, with ones where `i = j`, so that
  /// they can be divided by.
  var differences: Symbol {
    let plain = expandingDims(at: -2) - expandingDims(at: -1)
    return plain + identity(shape[-1])
  }
}
