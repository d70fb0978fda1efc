import TandemArray

/// A few images and their classes.
public struct Batch: Sendable {
  /// float32 `[count, channels, height, width]`, from 0 (black) to 1: each byte divided by 255,
  /// with no other normalisation.
  public let images: NDArray
  /// int64 `[count]`: the class of each image.
  public let labels: NDArray

  /// Images and as many classes.
  public init(images: NDArray, labels: NDArray) {
    (self.images, self.labels) = (images, labels)
  }
}
