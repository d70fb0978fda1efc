import TandemArray
import TandemShapes

/// What batches can be made of: values of one shape that are laid on top of each other.
public protocol Stackable: Sendable {
  /// The items as one, along a new first axis.
  ///
  /// - Throws: `DataSetError` if they do not fit together.
  static func batched(_ items: [Self]) throws -> Self

  /// About how many bytes of memory it takes; what bounds the batches that are read ahead.
  var byteCount: Int { get }
}

extension NDArray: Stackable {
  /// Copies the arrays, all of one type, one after the other: `[items.count, …]`. Waits for them.
  public static func batched(_ items: [NDArray]) throws -> NDArray {
    guard let first = items.first else {
      throw DataSetError(.malformed, "batch: no items to stack")
    }
    let type = first.type
    for (place, item) in items.enumerated() where item.type != type {
      throw DataSetError(
        .malformed, "batch: items differ: \(type) and, at place \(place), \(item.type)")
    }
    let size = type.byteCount
    var problem: (any Error)?
    let result = NDArray.filled(Shape([items.count] + type.shape.array), type.dtype) { memory in
      for (place, item) in items.enumerated() {
        do {
          try item.withUnsafeBytes { bytes in
            guard let from = bytes.baseAddress, size > 0 else { return }
            (memory + place * size).copyMemory(from: from, byteCount: size)
          }
        } catch { problem = error }
      }
    }
    if let problem { throw problem }
    return result
  }

  /// The elements' bytes.
  public var byteCount: Int { type.byteCount }
}

/// What goes into a model and what should come out.
public struct Sample: Stackable {
  /// What goes in.
  public let input: NDArray
  /// What should come out: a class number, numbers, the next words.
  public let target: NDArray

  /// An item or a batch.
  public init(_ input: NDArray, _ target: NDArray) {
    (self.input, self.target) = (input, target)
  }

  /// Inputs and targets, each along a new first axis.
  public static func batched(_ items: [Sample]) throws -> Sample {
    Sample(try .batched(items.map(\.input)), try .batched(items.map(\.target)))
  }

  /// Of both.
  public var byteCount: Int { input.byteCount + target.byteCount }
}

extension Batch: Stackable {
  /// Images and labels, each along a new first axis.
  public static func batched(_ items: [Batch]) throws -> Batch {
    Batch(
      images: try .batched(items.map(\.images)), labels: try .batched(items.map(\.labels)))
  }

  /// Of images and labels.
  public var byteCount: Int { images.byteCount + labels.byteCount }
}
