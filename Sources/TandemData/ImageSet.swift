import CTandem
import TandemArray
import TandemShapes

/// Grey images with a class each, as bytes: what a data set is before it becomes arrays.
public struct ImageSet: Sendable {
  /// `count × height × width` bytes, row-major, 0 black.
  public let images: [UInt8]
  /// `count` class numbers.
  public let labels: [UInt8]
  /// The number of rows of each image.
  public let height: Int
  /// The number of columns of each image.
  public let width: Int

  /// Counts the shuffled passes.
  public let passes = PassCounter()

  /// The number of images.
  public var count: Int { labels.count }

  /// A set of `labels.count` images.
  ///
  /// - Throws: `DataSetError` if `images` does not hold as many images as there are labels.
  public init(images: [UInt8], labels: [UInt8], height: Int, width: Int) throws(DataSetError) {
    guard height > 0, width > 0, images.count == labels.count * height * width,
      labels.count <= Int(UInt32.max)
    else {
      throw DataSetError(
        .malformed,
        "images: \(images.count) bytes are not \(labels.count) images of \(height) × \(width)")
    }
    (self.images, self.labels, self.height, self.width) = (images, labels, height, width)
  }

  /// Reads an IDX file of images and one of labels.
  ///
  /// - Throws: `DataSetError` if one of them is malformed or they do not fit together.
  public init(imagesPath: String, labelsPath: String) throws(DataSetError) {
    let images = try IDXFile(path: imagesPath, rank: 3)
    let labels = try IDXFile(path: labelsPath, rank: 1)
    guard images.lengths[0] == labels.lengths[0] else {
      throw DataSetError(
        .malformed,
        "images: \(images.lengths[0]) images, \(labels.lengths[0]) labels: \(imagesPath)")
    }
    try self.init(
      images: images.bytes, labels: labels.bytes, height: images.lengths[1],
      width: images.lengths[2])
  }

  /// The order in which an epoch visits the images.
  ///
  /// - Parameters:
  ///   - shuffled: whether it is a random permutation, each equally likely, or simply 0, 1, 2, …
  ///   - key: the same key gives the same order, on every machine; each epoch has its own.
  /// - Complexity: O(`count`).
  public func order(shuffled: Bool, key: RandomKey) -> [UInt32] {
    var order = Array(0..<UInt32(count))
    guard shuffled, count > 1 else { return order }
    BatchPlan.shuffle(&order, key: key)
    return order
  }

  /// Writes images as `float32` from 0 to 1 (each byte divided by 255, no other normalisation), and
  /// their classes as `int64`.
  ///
  /// - Parameters:
  ///   - rows: which images, in this order.
  ///   - pixels: room for `rows.count × height × width` numbers.
  ///   - classes: room for `rows.count` numbers.
  public func gather(
    _ rows: [UInt32], pixels: UnsafeMutableBufferPointer<Float>,
    classes: UnsafeMutableBufferPointer<Int64>
  ) {
    guard pixels.count == rows.count * height * width, classes.count == rows.count,
      rows.allSatisfy({ $0 < count })
    else {
      fail(
        "batch: \(rows.count) images do not fit: \(pixels.count) pixels, \(classes.count) classes",
        at: .unknown)
    }
    guard let to = pixels.baseAddress else { return }
    rows.withUnsafeBufferPointer {
      tandem_gather_pixels(to, images, $0.baseAddress, $0.count, height * width)
    }
    for (index, row) in rows.enumerated() { classes[index] = Int64(labels[Int(row)]) }
  }
}

extension ImageSet: DataSet {
  /// One image, `[1, height, width]`, and its class, without axes.
  public func item(_ index: Int, key: RandomKey) throws -> Batch {
    let one = try batch([index]) { _ in key }
    return Batch(
      images: one.images.reshaped([1, height, width]), labels: one.labels.reshaped([]))
  }

  /// - Complexity: O(images in the batch · pixels).
  public func batch(_ indices: [Int], key: (Int) -> RandomKey) throws -> Batch {
    if let wrong = indices.first(where: { !(0..<count).contains($0) }) {
      throw DataSetError(.missing, "images: no item \(wrong) of \(count)")
    }
    var labels: NDArray?
    let images = NDArray.filled([indices.count, 1, height, width], .float32) { pixels in
      labels = NDArray.filled([indices.count], .int64) { classes in
        gather(
          indices.map { UInt32($0) },
          pixels: numbers(pixels, indices.count * height * width),
          classes: numbers(classes, indices.count))
      }
    }
    guard let labels else {
      fail("batches: broken invariant: a batch without labels", at: .unknown)
    }
    return Batch(images: images, labels: labels)
  }

  /// Memory as numbers, to be written.
  private func numbers<Number>(
    _ memory: UnsafeMutableRawPointer, _ count: Int
  ) -> UnsafeMutableBufferPointer<Number> {
    UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: Number.self, capacity: count), count: count)
  }
}
