/// Nodes by their positions, the first one first: a binary heap. A node may be in it twice.
struct NodeQueue {
  private var heap: [Int] = []

  /// Adds a node.
  ///
  /// - Complexity: O(log n).
  mutating func insert(_ node: Int) {
    heap.append(node)
    var place = heap.count - 1
    while place > 0, heap[(place - 1) / 2] > heap[place] {
      heap.swapAt((place - 1) / 2, place)
      place = (place - 1) / 2
    }
  }

  /// Takes the first node out.
  ///
  /// - Complexity: O(log n).
  mutating func popFirst() -> Int? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var place = 0
    while true {
      let children = (2 * place + 1..<2 * place + 3).filter { $0 < heap.count }
      guard let least = children.min(by: { heap[$0] < heap[$1] }), heap[least] < heap[place] else {
        return first
      }
      heap.swapAt(least, place)
      place = least
    }
  }
}
