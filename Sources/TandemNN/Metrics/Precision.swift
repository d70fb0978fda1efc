/// How many of the samples that were said to be of a class are: `tp / (tp + fp)`, zero of none.
public struct Precision: ConfusionMetric {
  public var matrix: ConfusionMatrix
  /// How the scores of the classes become one.
  public let average: ClassAverage

  /// - Parameters:
  ///   - classes: how many there are.
  ///   - threshold: of two classes with one score for each sample: above it is class 1.
  ///   - average: how the scores of the classes become one; that of class 1 if there are two, else
  ///     the plain mean.
  public init(classes: Int = 2, threshold: Double = 0.5, average: ClassAverage? = nil) {
    matrix = ConfusionMatrix(classes: classes, threshold: threshold)
    self.average = average ?? (classes == 2 ? .binary : .macro)
  }

  /// The score since the last reset. Waits.
  public var value: Double { matrix.score(average) { hits, alarms, _ in hits / (hits + alarms) } }
}
