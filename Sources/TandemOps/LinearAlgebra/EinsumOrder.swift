/// In which order `einsum` multiplies more than two operands.
public enum EinsumOrder: String, CaseIterable, Sendable {
  /// The order that takes the fewest multiplications; found by trying all, so for at most
  /// ``operandsMax`` operands. What `numpy.einsum` calls `optimize="optimal"`.
  case optimal
  /// The pair whose product takes the fewest multiplications first, again and again.
  case greedy
  /// The first two operands first, then their product with the third.
  case leftToRight

  /// The most operands for which all orders are tried.
  public static let operandsMax = 10
}

/// Which products an `einsum` is made of, as a tree.
indirect enum EinsumTree: Equatable {
  case operand(Int)
  case product(EinsumTree, EinsumTree)

  /// The operands below, as bits.
  var operands: Int {
    switch self {
    case .operand(let index): 1 << index
    case .product(let left, let right): left.operands | right.operands
    }
  }
}

/// Finds the tree for operands of which only the labels and their lengths are known.
struct EinsumPlanner {
  /// The labels of each operand, and those that the result has.
  private let labels: [Set<Int>]
  private let wanted: Set<Int>
  private let lengths: [Int: Int]

  init(_ labels: [[Int]], wanted: [Int], lengths: [Int: Int]) {
    self.labels = labels.map(Set.init)
    (self.wanted, self.lengths) = (Set(wanted), lengths)
  }

  /// The tree of an order; `optimal` is `greedy` where there are too many operands.
  func tree(_ order: EinsumOrder) -> EinsumTree {
    switch order {
    case .optimal where labels.count <= EinsumOrder.operandsMax: optimal()
    case .optimal, .greedy: greedy()
    case .leftToRight:
      labels.indices.dropFirst().reduce(.operand(0)) { .product($0, .operand($1)) }
    }
  }

  /// How many multiplications a tree takes.
  func cost(_ tree: EinsumTree) -> Double {
    guard case .product(let left, let right) = tree else { return 0 }
    return cost(left) + cost(right) + cost(left.operands, right.operands)
  }

  /// The labels that the product of some operands has: those that the result or another needs.
  private func kept(_ operands: Int) -> Set<Int> {
    var (own, needed) = (Set<Int>(), wanted)
    for index in labels.indices {
      if operands & 1 << index != 0 {
        own.formUnion(labels[index])
      } else {
        needed.formUnion(labels[index])
      }
    }
    return own.intersection(needed)
  }

  private func cost(_ left: Int, _ right: Int) -> Double {
    kept(left).union(kept(right)).reduce(1.0) { $0 * Double(lengths[$1] ?? 1) }
  }

  private func greedy() -> EinsumTree {
    var trees = labels.indices.map { EinsumTree.operand($0) }
    while trees.count > 1 {
      var best = (0, 1)
      var bestCost = Double.infinity
      for first in trees.indices {
        for second in trees.indices where second > first {
          let cost = cost(trees[first].operands, trees[second].operands)
          if cost < bestCost { (best, bestCost) = ((first, second), cost) }
        }
      }
      let second = trees.remove(at: best.1)
      trees[best.0] = .product(trees[best.0], second)
    }
    return trees[0]
  }

  /// Subsets in rising order: each is best split in two that are best themselves; of equals the
  /// first. The half with the lowest operand stands left.
  private func optimal() -> EinsumTree {
    let all = 1 << labels.count
    let kept = (0..<all).map { self.kept($0) }
    var best: [(cost: Double, split: Int)] = Array(repeating: (0, 0), count: all)
    for subset in 1..<all where subset & (subset - 1) != 0 {
      best[subset].cost = .infinity
      let lowest = subset & -subset
      var left = (subset - 1) & subset
      while left > 0 {
        let right = subset & ~left
        if left & lowest != 0 {
          let product = kept[left].union(kept[right]).reduce(1.0) { $0 * Double(lengths[$1] ?? 1) }
          let cost = best[left].cost + best[right].cost + product
          if cost <= best[subset].cost { best[subset] = (cost, left) }
        }
        left = (left - 1) & subset
      }
    }
    func tree(_ subset: Int) -> EinsumTree {
      let split = best[subset].split
      if split == 0 { return .operand(subset.trailingZeroBitCount) }
      return .product(tree(split), tree(subset & ~split))
    }
    return tree(all - 1)
  }
}
