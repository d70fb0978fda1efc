import CTandem
import Synchronization
import TandemShapes
import TandemThreads

/// Where nodes come from: one region of address space, cut up as needed, recycled through the
/// threads in batches. Shared by all engines of the process.
enum NodePool {
  /// The most operations that can be queued in the process at one time.
  static let nodesMax: UInt32 = 1 << 20
  static let batch: UInt32 = 64

  /// The address of node zero, which is never used.
  nonisolated(unsafe) static let base: UnsafeMutableRawPointer = {
    precondition(MemoryLayout<Node>.size <= Node.payloadOffset)
    guard let base = tandem_reserve(Int(nodesMax) * Node.stride) else {
      fail("engine: no address space for \(nodesMax) operations", at: .unknown)
    }
    return base
  }()

  private struct Shared {
    /// First nodes of free chains of ``batch`` nodes each.
    var chains: [UInt32] = []
    /// The first node that was never used.
    var fresh: UInt32 = 1
  }

  private static let shared = Guarded(Shared())

  @inline(__always)
  static func node(_ number: UInt32, _ base: UnsafeMutableRawPointer) -> NodePointer {
    (base + Int(number) * Node.stride).assumingMemoryBound(to: Node.self)
  }

  /// The cell of a list of waiting operations.
  @inline(__always)
  static func link(_ cell: UInt32, _ base: UnsafeMutableRawPointer) -> UnsafeMutablePointer<UInt32>
  {
    (base + Int(cell) * 4).assumingMemoryBound(to: UInt32.self)
  }

  /// Whether the operation of a reference is done. If so, everything that it did is visible.
  @inline(__always)
  static func isDone(_ reference: NodeReference, _ base: UnsafeMutableRawPointer) -> Bool {
    guard reference != 0 else { return true }
    let head = node(UInt32(truncatingIfNeeded: reference), base).pointee.head
      .load(ordering: .acquiring)
    return head >> 32 != reference >> 32
  }

  /// A chain of ``batch`` free nodes.
  static func takeChain() -> UInt32 {
    let (chain, first) = shared.withLock { shared -> (UInt32?, UInt32) in
      if let chain = shared.chains.popLast() { return (chain, 0) }
      let first = shared.fresh
      if first + batch <= nodesMax { shared.fresh += batch }
      return (nil, first)
    }
    if let chain { return chain }
    guard first + batch <= nodesMax else {
      fail("engine: more than \(nodesMax) operations queued by operations", at: .unknown)
    }
    for number in first..<first + batch {
      let node = node(number, base)
      node.initialize(to: Node())
      node.pointee.owner = number
      node.pointee.next = number + 1 < first + batch ? number + 1 : 0
    }
    return first
  }

  static func giveChain(_ first: UInt32) {
    shared.withLock { $0.chains.append(first) }
  }
}
