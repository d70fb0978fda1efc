import TandemArray
import TandemShapes

/// A few images and their classes.
public struct Batch: Sendable {
  /// float32 `[count, 1, height, width]`, from 0 (black) to 1: each byte divided by 255, with no
  /// other normalisation.
  public let images: NDArray
  /// int64 `[count]`: the class of each image.
  public let labels: NDArray
}

/// The batches of one pass through an ``ImageSet``, each assembled when it is asked for.
///
/// Iterating twice gives the same order twice; another call of
/// ``ImageSet/batches(of:shuffled:dropLast:file:line:)`` gives the next epoch's.
public struct BatchSequence: Sequence, Sendable {
  let set: ImageSet
  let plan: BatchPlan

  /// The number of batches, exactly.
  public var count: Int { plan.count }

  /// The number of batches, exactly.
  public var underestimatedCount: Int { plan.count }

  /// Begins the pass.
  public func makeIterator() -> Iterator { Iterator(sequence: self) }

  /// Walks through the batches.
  public struct Iterator: IteratorProtocol {
    let sequence: BatchSequence
    private var place = 0

    init(sequence: BatchSequence) { self.sequence = sequence }

    /// The next batch, or `nil` after the last.
    public mutating func next() -> Batch? {
      guard place < sequence.count else { return nil }
      defer { place += 1 }
      return sequence.batch(place)
    }
  }

  /// - Complexity: O(images in the batch · pixels).
  private func batch(_ index: Int) -> Batch {
    let rows = plan[index]
    var labels: NDArray?
    let images = NDArray.filled([rows.count, 1, set.height, set.width], .float32) { pixels in
      labels = NDArray.filled([rows.count], .int64) { classes in
        let pixelCount = rows.count * set.height * set.width
        set.gather(
          rows,
          pixels: numbers(pixels, pixelCount), classes: numbers(classes, rows.count))
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

extension ImageSet {
  /// One pass through the images, a batch at a time.
  ///
  /// Each call with `shuffled` starts the next epoch and has an order of its own, which follows
  /// from the seed (see `setRandomSeed`) and from how many shuffled passes were started before.
  ///
  /// - Parameters:
  ///   - size: images in a batch; must be positive.
  ///   - shuffled: whether the images come in random order.
  ///   - dropLast: leaves out a last batch that has fewer than `size` images.
  public func batches(
    of size: Int, shuffled: Bool = false, dropLast: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> BatchSequence {
    let plan = plan(
      batchesOf: size, shuffled: shuffled, dropLast: dropLast, at: CallSite(file, line)
    ) { RandomKey.forShuffle(epoch: $0) }
    return BatchSequence(set: self, plan: plan)
  }
}
