/// The mean over classes of intersection over union, `tp / (tp + fp + fn)`: what segmentations are
/// judged by.
public struct MeanIoU: ConfusionMetric {
  public var matrix: ConfusionMatrix

  /// - Parameters:
  ///   - classes: how many there are.
  ///   - threshold: of two classes with one score for each sample: above it is class 1.
  public init(classes: Int = 2, threshold: Double = 0.5) {
    matrix = ConfusionMatrix(classes: classes, threshold: threshold)
  }

  /// The score since the last reset. Waits.
  public var value: Double { matrix.score(.macro) { $0 / ($0 + $1 + $2) } }
}
