import TandemShapes

/// Which images the batches of one epoch hold.
public struct BatchPlan: Sendable {
  /// The order in which the epoch visits the images.
  public let order: [UInt32]
  /// The number of images in each batch, the last perhaps excepted.
  public let batchSize: Int
  /// The number of batches, exactly.
  public let count: Int

  /// Cuts an order into batches.
  ///
  /// - Parameter dropLast: leaves out a last batch that has fewer than `batchSize` images.
  public init(order: [UInt32], batchSize: Int, dropLast: Bool, at site: CallSite) {
    if batchSize < 1 { fail("batches: size must be positive: \(batchSize)", at: site) }
    (self.order, self.batchSize) = (order, batchSize)
    let (full, rest) = order.count.quotientAndRemainder(dividingBy: batchSize)
    count = dropLast || rest == 0 ? full : full + 1
  }

  /// The images of one batch.
  public subscript(batch: Int) -> ArraySlice<UInt32> {
    let start = batch * batchSize
    return order[start..<start + min(batchSize, order.count - start)]
  }
}

extension ImageSet {
  /// The plan of the next pass through the set: each call with `shuffled` has another order, and
  /// the n-th such call on a set has the same order in every run with the same seed.
  ///
  /// - Parameters:
  ///   - size: images in a batch; must be positive.
  ///   - shuffled: whether the images come in random order.
  ///   - dropLast: leaves out a last batch that has fewer than `size` images.
  ///   - key: of the order of an epoch, which is counted from zero.
  public func plan(
    batchesOf size: Int, shuffled: Bool, dropLast: Bool = false, at site: CallSite,
    key: (_ epoch: Int) -> RandomKey
  ) -> BatchPlan {
    let epoch = shuffled ? epochs.start() : 0
    return BatchPlan(
      order: order(shuffled: shuffled, key: key(epoch)), batchSize: size,
      dropLast: dropLast, at: site)
  }
}
