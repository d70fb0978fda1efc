import TandemShapes

/// A set whose items are made from another set's, each when it is asked for.
public struct MappedSet<Base: DataSet, Item: Stackable>: DataSet {
  /// Where the items come from.
  public let base: Base
  private let transform: @Sendable (Base.Item, inout PhiloxGenerator) throws -> Item

  init(
    _ base: Base,
    _ transform: @escaping @Sendable (Base.Item, inout PhiloxGenerator) throws -> Item
  ) { (self.base, self.transform) = (base, transform) }

  public var count: Int { base.count }
  public var passes: PassCounter { base.passes }

  /// The base's item, transformed; the transform's random numbers are not the base's.
  public func item(_ index: Int, key: RandomKey) throws -> Item {
    var own = key
    own.stream = key.stream &+ 0x9E37_79B9_7F4A_7C15
    var random = PhiloxGenerator(own)
    return try transform(try base.item(index, key: own), &random)
  }
}

/// Some items of another set, in an order of their own.
public struct SelectedSet<Base: DataSet>: DataSet {
  /// Where the items come from.
  public let base: Base
  /// Which of the base's items there are.
  public let indices: [Int]
  public let passes = PassCounter()

  init(_ base: Base, _ indices: [Int]) { (self.base, self.indices) = (base, indices) }

  public var count: Int { indices.count }

  /// An item of the base, with the random numbers that it has there.
  public func item(_ index: Int, key: RandomKey) throws -> Base.Item {
    try base.item(indices[index], key: key)
  }

  /// A batch of the base.
  public func batch(_ indices: [Int], key: (Int) -> RandomKey) throws -> Base.Item {
    // The base asks by its own numbers.
    let own = Dictionary(zip(indices.map { self.indices[$0] }, indices)) { first, _ in first }
    return try base.batch(indices.map { self.indices[$0] }) { key(own[$0] ?? $0) }
  }
}

extension DataSet {
  /// The set with items that a function makes from these, lazily and on loader threads.
  ///
  /// - Parameter transform: what is random about it must come from the generator that it is given,
  ///   which starts at another place for each item and shuffled pass.
  public func map<Made: Stackable>(
    _ transform: @escaping @Sendable (Item, _ random: inout PhiloxGenerator) throws -> Made
  ) -> MappedSet<Self, Made> { MappedSet(self, transform) }

  /// The set with items that a function makes from these, lazily and on loader threads.
  public func map<Made: Stackable>(
    _ transform: @escaping @Sendable (Item) throws -> Made
  ) -> MappedSet<Self, Made> { MappedSet(self) { item, _ in try transform(item) } }

  /// Some of the items, in the order of the indices.
  ///
  /// - Parameter indices: each from 0 up to, without, ``count``; one may come several times.
  public func selecting(
    _ indices: some Sequence<Int>, file: StaticString = #fileID, line: UInt = #line
  ) -> SelectedSet<Self> {
    let indices = Array(indices)
    if let wrong = indices.first(where: { !(0..<count).contains($0) }) {
      fail("data set: no item \(wrong) of \(count)", at: CallSite(file, line))
    }
    return SelectedSet(self, indices)
  }

  /// The items that satisfy a condition, each of which is looked at now.
  ///
  /// - Throws: what is wrong with an item.
  public func filter(_ isWanted: (Item) throws -> Bool) throws -> SelectedSet<Self> {
    SelectedSet(self, try (0..<count).filter { try isWanted(try item($0)) })
  }

  /// The first items.
  public func prefix(_ length: Int) -> SelectedSet<Self> {
    SelectedSet(self, Array(0..<Swift.min(Swift.max(0, length), count)))
  }

  /// Every `count`-th item, from number `index`: one of so many parts of nearly the same size.
  public func part(
    _ index: Int, of parts: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> SelectedSet<Self> {
    guard parts > 0, (0..<parts).contains(index) else {
      fail("data set: no part \(index) of \(parts)", at: CallSite(file, line))
    }
    return SelectedSet(self, Array(stride(from: index, to: count, by: parts)))
  }

  /// The items in two sets, drawn at random: for training and validation.
  ///
  /// - Parameters:
  ///   - fraction: of the items in the first set, rounded down; from 0 to 1.
  ///   - seed: what is in which follows from it.
  public func split(
    _ fraction: Double, seed: UInt64 = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> (SelectedSet<Self>, SelectedSet<Self>) {
    guard (0...1).contains(fraction), count <= Int(UInt32.max) else {
      fail("data set: cannot split \(count) items at \(fraction)", at: CallSite(file, line))
    }
    var order = Array(0..<UInt32(count))
    BatchPlan.shuffle(&order, key: RandomKey(seed: seed, stream: 0x73_706C_6974))
    let first = Int(Double(count) * fraction)
    return (
      SelectedSet(self, order[..<first].map(Int.init)),
      SelectedSet(self, order[first...].map(Int.init))
    )
  }
}
