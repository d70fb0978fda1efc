/// The harmonic mean of precision and recall, F1, or with weights, F-beta:
/// `(1 + b²) tp / ((1 + b²) tp + b² fn + fp)`.
public struct FScore: ConfusionMetric {
  public var matrix: ConfusionMatrix
  /// How the scores of the classes become one.
  public let average: ClassAverage
  /// How much more recall counts than precision.
  public let beta: Double

  /// - Parameters:
  ///   - classes: how many there are.
  ///   - threshold: of two classes with one score for each sample: above it is class 1.
  ///   - average: how the scores of the classes become one; that of class 1 if there are two, else
  ///     the plain mean.
  ///   - beta: how much more recall counts than precision; 1 is F1.
  public init(
    classes: Int = 2, threshold: Double = 0.5, average: ClassAverage? = nil, beta: Double = 1
  ) {
    matrix = ConfusionMatrix(classes: classes, threshold: threshold)
    self.average = average ?? (classes == 2 ? .binary : .macro)
    self.beta = beta
  }

  /// The score since the last reset. Waits.
  public var value: Double { score }

  private var score: Double {
    let square = beta * beta
    return matrix.score(average) { hits, alarms, misses in
      (1 + square) * hits / ((1 + square) * hits + square * misses + alarms)
    }
  }
}
