import TandemArray
import TandemShapes

/// The batches of one pass through a data set, read ahead on loader threads.
///
/// Iterating twice gives the same batches twice; another call of
/// ``DataSet/batches(of:shuffled:last:for:loading:file:line:)`` with `shuffled` gives the next
/// pass's. The batches, their order and what is random about their items follow from the seed, the
/// pass and the set alone, not from threads.
///
/// An item that cannot be read ends the program with words that name it; who wants to go on uses
/// the iterator's ``Iterator/checkedNext()``. Leaving the loop early stops the reading.
public struct Batches<Set: DataSet>: Sequence, Sendable {
  let set: Set
  let plan: BatchPlan
  let start: BatchPosition
  let shards: VirtualShards
  let loading: LoadingOptions
  let site: CallSite

  init(
    _ set: Set, from start: BatchPosition, _ shards: VirtualShards, _ loading: LoadingOptions,
    at site: CallSite
  ) {
    (self.set, self.start, self.shards, self.loading) = (set, start, shards, loading)
    self.site = site
    plan = BatchPlan(start, at: site)
  }

  /// The number of elements, exactly: of what is left of the pass, this process's shards of each
  /// batch counted one by one.
  public var count: Int { Swift.max(0, plan.count - start.next) * shards.mine.count }

  /// The number of elements, exactly.
  public var underestimatedCount: Int { count }

  /// How many items at the end of the pass are there for the second time; see ``LastBatch/pad``.
  public var padding: Int { plan.padding }

  /// The place in the pass when so many elements of this sequence are done: for a checkpoint.
  ///
  /// - Parameter elements: how many are done, a multiple of this process's shards of a batch.
  public func position(
    after elements: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> BatchPosition {
    guard (0...count).contains(elements), elements % shards.mine.count == 0 else {
      fail(
        "batches: no position after \(elements) of \(count) parts of batches",
        at: CallSite(file, line))
    }
    var position = start
    position.next += elements / shards.mine.count
    return position
  }

  /// The start of the pass after this one: for a checkpoint between two.
  public var nextPass: BatchPosition {
    var position = start
    position.next = 0
    if start.isShuffled || start.last == .rollOver { position.pass += 1 }
    return position
  }

  /// Begins the pass, or what is left of it.
  public func makeIterator() -> Iterator {
    Iterator(BatchLoader(count: count, options: loading) { try element($0) }, site)
  }

  /// One element, on whatever thread.
  private func element(_ number: Int) throws -> (Set.Item, Int) {
    let (batch, shard) = number.quotientAndRemainder(dividingBy: shards.mine.count)
    let indices = plan.items(
      of: start.next + batch, shard: shards.mine.lowerBound + shard, of: shards.count)
    let item = try set.batch(indices) {
      .forItem($0, pass: start.pass, seed: start.seed)
    }
    return (item, item.byteCount)
  }

  /// Walks through the batches.
  public struct Iterator: IteratorProtocol {
    private let reader: BatchReader<Set.Item>
    private let site: CallSite

    init(_ loader: BatchLoader<Set.Item>, _ site: CallSite) {
      (reader, self.site) = (BatchReader(loader), site)
    }

    /// The next batch, or `nil` after the last; stops with a message if it cannot be read.
    public mutating func next() -> Set.Item? {
      do {
        return try reader.loader.next()
      } catch {
        fail("batches: \(error)", at: site)
      }
    }

    /// The next batch, or `nil` after the last.
    ///
    /// - Throws: what is wrong with an item of it, `DataSetError` that names the item; the call
    ///   after that gives the batch behind it.
    public mutating func checkedNext() throws -> Set.Item? { try reader.loader.next() }
  }
}

extension DataSet {
  /// One pass through the set, a batch at a time, read ahead on loader threads.
  ///
  /// Each call with `shuffled` starts the next pass and has an order of its own, which follows from
  /// the seed (see `setRandomSeed`) and from how many shuffled passes were started before; so does
  /// what is random about items. Passes in the set's own order are all the same.
  ///
  /// - Parameters:
  ///   - size: items in a batch; must be positive.
  ///   - shuffled: whether the items come in random order.
  ///   - last: what becomes of the items that do not fill a batch.
  ///   - shards: the parts into which each batch is cut; the loop sees those of this process one
  ///     after the other.
  ///   - loading: how far is read ahead; changes no batch.
  public func batches(
    of size: Int, shuffled: Bool = false, last: LastBatch = .keep,
    for shards: VirtualShards = .whole, loading: LoadingOptions = LoadingOptions(),
    file: StaticString = #fileID, line: UInt = #line
  ) -> Batches<Self> {
    let site = CallSite(file, line)
    if size < 1 { fail("batches: size must be positive: \(size)", at: site) }
    if count > Int(UInt32.max) { fail("batches: the set is too large: \(count)", at: site) }
    let pass = shuffled || last == .rollOver ? passes.start() : 0
    let position = BatchPosition(
      items: count, size: size, isShuffled: shuffled, last: last, shards: shards.count,
      seed: RandomKey.forShuffle(epoch: 0).seed, pass: pass)
    return Batches(self, from: position, shards, loading, at: site)
  }

  /// The rest of a pass that was interrupted; the next shuffled pass is the one after it.
  ///
  /// - Parameters:
  ///   - position: as ``Batches/position(after:file:line:)`` gave it, in this or another process.
  ///   - shards: how many there are must not have changed; who computes them may.
  ///   - loading: how far is read ahead.
  /// - Throws: `DataSetError` if the position is of another set, or has other shards.
  public func batches(
    resuming position: BatchPosition, for shards: VirtualShards = .whole,
    loading: LoadingOptions = LoadingOptions(), file: StaticString = #fileID, line: UInt = #line
  ) throws(DataSetError) -> Batches<Self> {
    guard position.items == count else {
      throw DataSetError(
        .malformed, "batches: the position is of \(position.items) items, the set has \(count)")
    }
    guard position.shards == shards.count else {
      throw DataSetError(
        .malformed,
        "batches: the position is of \(position.shards) virtual shards, not \(shards.count)")
    }
    if position.isShuffled || position.last == .rollOver { passes.set(to: position.pass + 1) }
    return Batches(self, from: position, shards, loading, at: CallSite(file, line))
  }
}
