/// How gradients are made shorter before a step, as data.
///
///     optimizer.update(model, with: GradientClipping.globalNorm(1)(gradients))
///
/// - Reference: Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural
///   networks*, arXiv:1211.5063.
public enum GradientClipping: Hashable, Sendable {
  /// Each element is cut to `-limit...limit`.
  case value(Double)
  /// Each parameter's gradient is scaled to this Euclidean length if it is longer.
  case norm(Double)
  /// All gradients are scaled by one factor if together they are longer than this.
  case globalNorm(Double)

  /// The clipped gradients. Does not wait.
  public func callAsFunction(_ gradients: Gradients) -> Gradients {
    switch self {
    case .value(let limit):
      return gradients.mapped { $0.clip(min: -limit, max: limit) }
    case .norm(let limit):
      return Gradients(
        gradients.all.map { ($0, $1 * Self.factor($1.squareSum, limit).cast(to: $1.dtype)) },
        rowSparse: gradients.rowSparse.map { parameter, rows in
          let factor = Self.factor(rows.wideSquareSum, limit)
          return (parameter, rows.mapValues { $0 * factor.cast(to: $0.dtype) })
        })
    case .globalNorm(let limit):
      let factor = Self.factor(gradients.squareSum, limit)
      return gradients.mapped { $0 * factor.cast(to: $0.dtype) }
    }
  }

  /// What makes a gradient at most as long as a limit; PyTorch's, which adds 1e-6 to the length.
  private static func factor(_ squareSum: NDArray, _ limit: Double) -> NDArray {
    (limit / (squareSum.sqrt() + 1e-6)).minimum(1)
  }
}

extension Gradients {
  /// The Euclidean length of all gradients together, at least float32. Does not wait.
  public var globalNorm: NDArray { squareSum.sqrt() }

  fileprivate var squareSum: NDArray {
    let sums = all.map { $0.gradient.squareSum } + rowSparse.map { $0.gradient.wideSquareSum }
    guard let first = sums.first else { return NDArray(0, dtype: .float32) }
    return sums.dropFirst().reduce(first, +)
  }

  /// Each gradient changed by a function that is zero at zero.
  public func mapped(_ function: (NDArray) -> NDArray) -> Gradients {
    Gradients(
      all.map { ($0, function($1)) }, rowSparse: rowSparse.map { ($0, $1.mapValues(function)) })
  }
}

extension NDArray {
  /// The sum of squares, at least in float32.
  fileprivate var squareSum: NDArray { cast(to: dtype.accumulating).squared().sum() }
}

extension RowSparseArray {
  /// The sum of squares, at least in float32.
  fileprivate var wideSquareSum: NDArray {
    mapValues { $0.cast(to: $0.dtype.accumulating) }.squareSum()
  }
}
