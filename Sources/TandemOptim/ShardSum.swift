/// The sum of the gradients of virtual shards, by a fixed binary tree over the shards' numbers: the
/// same bits in whatever order and wherever the shards were computed.
///
///     var sum = ShardSum(count: 4)
///     for shard in 0..<4 { sum.add(gradients(of: shard), shard: shard) }
///     optimizer.update(model, with: sum.mean!)
///
/// Two shards `2k` and `2k + 1` are added up first, then pairs of pairs; of an odd number the last
/// one waits for its turn. Who holds only some of the shards holds the sums of the subtrees that
/// are whole.
public struct ShardSum: Sendable {
  /// How many shards there are.
  public let count: Int
  /// The sums of subtrees whose neighbours are still missing, by level and place.
  private var nodes: [Node: Gradients] = [:]
  private var added: Set<Int> = []

  private struct Node: Hashable {
    let level: Int
    let place: Int
  }

  /// - Parameter count: how many shards there are; at least one.
  public init(count: Int, file: StaticString = #fileID, line: UInt = #line) {
    guard count > 0 else {
      fail("shards: there must be one at least, got \(count)", at: CallSite(file, line))
    }
    self.count = count
  }

  /// The number of the first shard that is not added yet; `nil` if all are.
  public var next: Int? { (0..<count).first { !added.contains($0) } }

  /// Takes in the gradients of one shard.
  ///
  /// - Parameter shard: its number, `0..<count`, each once.
  public mutating func add(
    _ gradients: Gradients, shard: Int, file: StaticString = #fileID, line: UInt = #line
  ) {
    guard (0..<count).contains(shard), added.insert(shard).inserted else {
      let problem = added.contains(shard) ? "was added before" : "is not one of \(count)"
      fail("shards: number \(shard) \(problem)", at: CallSite(file, line))
    }
    var (node, sum, width) = (Node(level: 0, place: shard), gradients, count)
    while width > 1 {
      let sibling = Node(level: node.level, place: node.place ^ 1)
      if sibling.place < width {
        guard let other = nodes.removeValue(forKey: sibling) else { break }
        sum = node.place < sibling.place ? sum + other : other + sum
      }
      node = Node(level: node.level + 1, place: node.place / 2)
      width = (width + 1) / 2
    }
    nodes[node] = sum
  }

  /// The sum over all shards; `nil` while one is missing.
  public var total: Gradients? { added.count == count ? nodes.values.first : nil }

  /// The sum divided by the number of shards: the gradient of the mean of the shards' losses.
  public var mean: Gradients? {
    let part = 1 / Double(count)
    return count == 1 ? total : total?.mapped { $0 * part }
  }
}

extension Gradients {
  /// The sum, parameter by parameter; of a dense and a row-sparse one dense.
  public static func + (a: Gradients, b: Gradients) -> Gradients {
    var dense = a.all
    var rows = a.rowSparse
    for (parameter, gradient) in b.all {
      if let known = dense.firstIndex(where: { $0.parameter === parameter }) {
        dense[known].gradient = dense[known].gradient + gradient
      } else if let known = rows.firstIndex(where: { $0.parameter === parameter }) {
        dense.append((parameter, rows.remove(at: known).gradient.dense + gradient))
      } else {
        dense.append((parameter, gradient))
      }
    }
    for (parameter, gradient) in b.rowSparse {
      if let known = dense.firstIndex(where: { $0.parameter === parameter }) {
        dense[known].gradient = dense[known].gradient + gradient.dense
      } else if let known = rows.firstIndex(where: { $0.parameter === parameter }) {
        rows[known].gradient = rows[known].gradient + gradient
      } else {
        rows.append((parameter, gradient))
      }
    }
    return Gradients(dense, rowSparse: rows)
  }
}
