/// The correlation of predicted and true classes, of two or more: MXNet's `MCC` and `PCC`.
///
/// - Reference: Gorodkin, *Comparing two K-category assignments by a K-category correlation
///   coefficient*, 2004.
public struct MatthewsCorrelation: ConfusionMetric {
  public var matrix: ConfusionMatrix

  /// - Parameters:
  ///   - classes: how many there are.
  ///   - threshold: of two classes with one score for each sample: above it is class 1.
  public init(classes: Int = 2, threshold: Double = 0.5) {
    matrix = ConfusionMatrix(classes: classes, threshold: threshold)
  }

  /// The correlation since the last reset, −1 to 1; zero where it is undefined. Waits.
  public var value: Double { matrix.correlation }
}
