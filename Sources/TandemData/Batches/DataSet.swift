import TandemArray
import TandemShapes

/// A numbered collection of things to learn from, each read or made when it is asked for.
///
///     struct Squares: DataSet {
///       let passes = PassCounter()
///       let count = 1000
///       func item(_ index: Int, key: RandomKey) throws -> Sample {
///         Sample(NDArray(Double(index)), NDArray(Double(index * index)))
///       }
///     }
///     for batch in Squares().batches(of: 32, shuffled: true) { … }  // batch.input: [32]
///
/// Items are asked for on several threads at once, in no order; what a random one draws must follow
/// from the key alone.
public protocol DataSet<Item>: Sendable {
  /// What one item is, and, with a first axis in front, a batch of them.
  associatedtype Item: Stackable

  /// How many items there are.
  var count: Int { get }

  /// Counts the shuffled passes through the set; a stored `let passes = PassCounter()`.
  var passes: PassCounter { get }

  /// One item.
  ///
  /// - Parameters:
  ///   - index: from 0 up to, without, ``count``.
  ///   - key: of what is random about the item, another one for each item and shuffled pass.
  /// - Throws: what is wrong with it; the message should name the file.
  func item(_ index: Int, key: RandomKey) throws -> Item

  /// Several items as one. Sets that can do it at once do so; the others stack items.
  ///
  /// - Parameters:
  ///   - indices: of the items, in the batch's order.
  ///   - key: the key of an item, from its index.
  func batch(_ indices: [Int], key: (_ index: Int) -> RandomKey) throws -> Item
}

extension DataSet {
  /// Stacks the items, which are made one after the other.
  public func batch(_ indices: [Int], key: (_ index: Int) -> RandomKey) throws -> Item {
    try stack(indices) { try item($0, key: key($0)) }
  }

  /// The item without anything random about it: the key is zero.
  ///
  /// - Throws: what is wrong with the item.
  public func item(_ index: Int) throws -> Item {
    try item(index, key: RandomKey(seed: 0))
  }

  /// Makes items with errors that say which one it was, and stacks them.
  func stack(_ indices: [Int], _ make: (Int) throws -> Item) throws -> Item {
    var items: [Item] = []
    items.reserveCapacity(indices.count)
    for index in indices {
      do {
        items.append(try make(index))
      } catch {
        throw DataSetError.about(error, item: index, of: "\(Self.self)")
      }
    }
    return try Item.batched(items)
  }
}

/// How many shuffled passes through a set were started; shared by all copies of the set.
public final class PassCounter: Sendable {
  private let started = Counter()

  /// No pass yet.
  public init() {}

  /// The number of the pass that starts now, counted from zero.
  func start() -> Int { started.next() }

  /// Makes the next pass the one of this number.
  func set(to pass: Int) { started.set(pass) }
}

extension DataSetError {
  /// An error of an item: as it is if it names the item, else with its place in front.
  static func about(_ error: any Error, item index: Int, of set: String) -> DataSetError {
    if let known = error as? DataSetError {
      return DataSetError(known.code, "item \(index) of \(set): \(known.message)")
    }
    return DataSetError(.malformed, "item \(index) of \(set): \(error)")
  }
}
