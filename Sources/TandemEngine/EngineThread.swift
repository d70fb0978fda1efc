import CTandem
import Synchronization
import TandemThreads

typealias ThreadPointer = UnsafeMutablePointer<EngineThread>

/// What the engine keeps for each thread: free nodes and variables, and the counters of the engine
/// that the thread used last. Only the owning thread touches it.
struct EngineThread: ~Copyable {
  let base: UnsafeMutableRawPointer
  /// Small number, unique among the threads that live.
  let index: Int

  var firstNode: UInt32 = 0
  var nodeCount: UInt32 = 0
  /// A second chain, a full batch, so that a thread on the edge of one does not swap all the time.
  var spareNodes: UInt32 = 0

  var variables = VariableStock()

  /// The engine that `counters` belongs to.
  var core = 0
  var counters: UnsafeMutablePointer<OperationCounters>?
  /// The thread's row of a profile.
  var profile: Unmanaged<ProfileLane>?
  /// The operation that runs here.
  var runningNode: NodePointer?
  /// Where the operation that runs here was queued; while a profile is recorded.
  var runningSite: UInt64 = 0
  /// Pushes of this thread never wait.
  var neverBlocks = false
  /// Its thread has ended; the next new one takes it over.
  var isFree = false
  /// The kernel's number of the thread; under the lock of the list of all.
  private var kernelNumber: Int64 = 0

  init(base: UnsafeMutableRawPointer, index: Int) { (self.base, self.index) = (base, index) }

  private static let all = Guarded<[UInt]>([])

  /// The calling thread's.
  @inline(__always)
  static var current: ThreadPointer {
    if let thread = tandem_thread().pointee.engine {
      return thread.assumingMemoryBound(to: EngineThread.self)
    }
    return make()
  }

  /// The kernel's number of the thread with an ``index``.
  static func kernelNumber(ofThread index: Int) -> Int64 {
    all.withLock { ThreadPointer(bitPattern: $0[index]).unsafelyUnwrapped.pointee.kernelNumber }
  }

  @inline(never)
  private static func make() -> ThreadPointer {
    let thread = all.withLock { all -> ThreadPointer in
      let threads = all.lazy.map { ThreadPointer(bitPattern: $0).unsafelyUnwrapped }
      if let old = threads.first(where: { $0.pointee.isFree }) {
        old.pointee.isFree = false
        old.pointee.neverBlocks = false
        old.pointee.profile = nil
        old.pointee.kernelNumber = tandem_thread_number()
        return old
      }
      let new = ThreadPointer.allocate(capacity: 1)
      new.initialize(to: EngineThread(base: NodePool.base, index: all.count))
      new.pointee.kernelNumber = tandem_thread_number()
      all.append(UInt(bitPattern: new))
      return new
    }
    // The pool's hook must come to stand behind this one.
    BufferPool.shared.deallocate(BufferPool.shared.allocate(byteCount: 1), byteCount: 1)
    tandem_thread_set_exit_hook(0) { ending in
      // Free nodes and variables stay with the state, for the next thread that takes it over.
      EngineThread.all.withLock { _ in
        ending.assumingMemoryBound(to: EngineThread.self).pointee.isFree = true
      }
    }
    tandem_thread().pointee.engine = UnsafeMutableRawPointer(thread)
    tandem_thread_watch_exit()
    return thread
  }

  /// A free node.
  @inline(__always)
  mutating func takeNode() -> NodePointer {
    if firstNode == 0 { refillNodes() }
    let node = NodePool.node(firstNode, base)
    firstNode = node.pointee.next
    nodeCount -= 1
    // The next push finds its node's lines here; they were last written by the core that ran the
    // operation before, and waiting for them is most of what a push costs.
    let next = UnsafeRawPointer(base + Int(firstNode) * Node.stride)
    tandem_prefetch(next)
    tandem_prefetch(next + 64)
    tandem_prefetch(next + 128)
    return node
  }

  /// Takes a node back whose generation has been moved on.
  @inline(__always)
  mutating func giveNode(_ node: NodePointer) {
    if nodeCount == NodePool.batch { spillNodes() }
    node.pointee.next = firstNode
    firstNode = node.pointee.owner
    nodeCount += 1
  }

  @inline(never)
  private mutating func refillNodes() {
    if spareNodes != 0 {
      (firstNode, spareNodes) = (spareNodes, 0)
    } else {
      firstNode = NodePool.takeChain()
    }
    nodeCount = NodePool.batch
  }

  @inline(never)
  private mutating func spillNodes() {
    if spareNodes != 0 { NodePool.giveChain(spareNodes) }
    (spareNodes, firstNode, nodeCount) = (firstNode, 0, 0)
  }
}
