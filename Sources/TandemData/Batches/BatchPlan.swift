import TandemShapes

/// Which items the batches of one pass hold: decided by the position's fields alone.
struct BatchPlan: Sendable {
  /// The order in which the pass visits the items; rest of the pass before first, filling last.
  let order: [UInt32]
  /// Items in each batch, the last perhaps excepted.
  let batchSize: Int
  /// The number of batches, exactly.
  let count: Int
  /// How many items at the end are there for the second time.
  let padding: Int

  /// Plans a pass.
  ///
  /// - Complexity: O(items).
  init(_ position: BatchPosition, at site: CallSite) {
    let (items, size) = (position.items, position.size)
    let rest = items % size
    var order = BatchPlan.order(position, pass: position.pass)
    var padding = 0
    switch position.last {
    case .keep: break
    case .drop: order.removeLast(rest)
    case .pad where rest > 0:
      padding = size - rest
      while order.count % size != 0 {
        order += order.prefix(min(items, size - order.count % size))
      }
    case .pad: break
    case .rollOver:
      guard size <= items || items == 0 else {
        fail("batches: \(items) items do not roll over into batches of \(size)", at: site)
      }
      // As many as all passes before left over, which are the last ones of the pass before.
      let carried = BatchPlan.product(position.pass, items, modulo: size)
      if carried > 0 {
        order = BatchPlan.order(position, pass: position.pass - 1).suffix(carried) + order
      }
      order.removeLast(order.count % size)
    }
    (self.order, batchSize, self.padding) = (order, size, padding)
    count = order.count / size + (order.count % size == 0 ? 0 : 1)
    let smallest = order.count % size == 0 ? size : order.count % size
    guard count == 0 || position.shards <= smallest else {
      fail(
        "batches: \(smallest) items do not fill \(position.shards) shards; drop or pad the last "
          + "batch, or make batches larger", at: site)
    }
  }

  /// The items of one batch.
  subscript(batch: Int) -> ArraySlice<UInt32> {
    let start = batch * batchSize
    return order[start..<start + min(batchSize, order.count - start)]
  }

  /// The items of one shard of a batch: cut as evenly as can be.
  func items(of batch: Int, shard: Int, of shards: Int) -> [Int] {
    let all = self[batch]
    let (start, count) = (all.startIndex, all.count)
    return all[start + shard * count / shards..<start + (shard + 1) * count / shards].map(Int.init)
  }

  private static func order(_ position: BatchPosition, pass: Int) -> [UInt32] {
    var order = Array(0..<UInt32(position.items))
    guard position.isShuffled, order.count > 1 else { return order }
    var key = RandomKey.forShuffle(epoch: pass)
    key.seed = position.seed
    BatchPlan.shuffle(&order, key: key)
    return order
  }

  /// Fisher and Yates's shuffle: every permutation is equally likely.
  static func shuffle(_ order: inout [UInt32], key: RandomKey) {
    var random = PhiloxGenerator(key)
    for last in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(last, Int(random.next(below: UInt32(last + 1))))
    }
  }

  private static func product(_ left: Int, _ right: Int, modulo size: Int) -> Int {
    let (high, low) = (left % size).multipliedFullWidth(by: right % size)
    return size.dividingFullWidth((high, low)).remainder
  }
}

extension RandomKey {
  /// The key of what is random about one item in a pass.
  static func forItem(_ index: Int, pass: Int, seed: UInt64) -> RandomKey {
    let block = Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: pass), UInt32(truncatingIfNeeded: pass >> 32), 0x6974_656D, 0),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    return RandomKey(
      seed: seed, stream: UInt64(block[0]) | UInt64(block[1]) << 32, tick: UInt64(index))
  }
}
