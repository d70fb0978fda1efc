import TandemArray
import TandemShapes
import TandemThreads

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
    let pixelCount = rows.count * set.height * set.width
    let pixels = BatchBuffer(byteCount: pixelCount * MemoryLayout<Float>.stride)
    let classes = BatchBuffer(byteCount: rows.count * MemoryLayout<Int64>.stride)
    set.gather(
      rows, pixels: pixels.elements(pixelCount), classes: classes.elements(rows.count))
    return Batch(
      images: pixels.array([rows.count, 1, set.height, set.width], .float32),
      labels: classes.array([rows.count], .int64))
  }
}

/// Memory of the pool on its way into an array.
private struct BatchBuffer {
  let memory: UnsafeMutableRawPointer
  let byteCount: Int

  init(byteCount: Int) {
    memory = BufferPool.shared.allocate(byteCount: byteCount)
    self.byteCount = byteCount
  }

  /// The memory as numbers, to be written.
  func elements<Element>(_ count: Int) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: Element.self, capacity: count), count: count)
  }

  /// An array that owns the memory from now on.
  func array(_ shape: Shape, _ dtype: DType) -> NDArray {
    // Only the array's release uses the pointer again, once, when nothing else has it.
    nonisolated(unsafe) let memory = memory
    let byteCount = byteCount
    return NDArray(borrowing: memory, shape: shape, dtype: dtype) {
      BufferPool.shared.deallocate(memory, byteCount: byteCount)
    }
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
