import Synchronization
import TandemThreads

/// Generation (bits 32…63) and number (bits 0…31) of a node; zero for none. Holding one keeps
/// nothing alive: a node whose generation has moved on belongs to an operation that is done.
typealias NodeReference = UInt64
typealias NodePointer = UnsafeMutablePointer<Node>

/// One queued operation: this header, then its payload, 832 bytes in all.
///
/// The stride is 13 cache lines, so headers spread over all cache sets. Nodes live in one region of
/// address space that is never unmapped; everything is named by 32-bit numbers into it.
///
/// Who may touch what: the pushing thread until the node is registered in a variable; then only
/// atomics, until the thread that counts `pending` down to zero owns the node; then that thread, or
/// for an asynchronous operation the one that finishes it. Whoever reports about a node reads the
/// atomics and checks the generation afterwards.
struct Node: ~Copyable {
  static let stride = 832
  static let payloadOffset = 192
  static let payloadBytes = stride - payloadOffset
  static let inlineLinks = 8
  static let inlineVariables = 5
  static let variablesOffset = 152
  static let firstLinkWord: UInt32 = 16
  static let wordsPerNode = UInt32(stride / 4)
  /// The words of a node from which on an extension node holds link cells.
  static let extensionFirstWord: UInt32 = 48

  // No atomic comes first: to the thread sanitizer a change of any plain field is an access to the
  // first byte.
  var type: any OperationPayload.Type = EmptyPayload.self
  /// Generation in bits 32…63. In bits 0…31 the first cell of the list of operations that wait for
  /// this one: zero for none, ``closed`` when the operation is done.
  let head = Atomic<UInt64>(UInt64(Node.closed))
  /// Dependencies that are not done, plus ``registering`` while the push is under way.
  let pending = Atomic<Int32>(0)
  /// The next node of a free list or queue.
  var next: UInt32 = 0
  let name = Atomic<UInt>(0)
  let site = Atomic<UInt64>(0)
  /// Whose workers run it; other engines may let it go on.
  var core: Unmanaged<EngineCore>?
  /// The node that a link cell in this node belongs to: itself, or the one that it extends.
  var owner: UInt32 = 0
  var flags = Flags()
  /// Cells of lists of waiting operations; each holds the number of the next cell.
  private let links = InlineArray<8, UInt32>(repeating: 0)
  var linkCount: UInt32 = 0
  /// The first of the nodes that only hold more link cells for this one.
  var firstExtension: UInt32 = 0
  var modulePath = EngineLabel.none
  /// Generation in bits 32…63; below it ``AsyncState``.
  let completion = Atomic<UInt64>(0)
  var cause: PoisonReference?
  let stage = Atomic<UInt32>(0)
  var declaredKilobytes: UInt32 = 0
  var variableCount: UInt32 = 0
  var variableCapacity: UInt32 = 0
  var extensionCount: UInt32 = 0
  private let gap: UInt32 = 0
  /// Tagged variables in address order, inline or in a buffer of the pool.
  private let variables = InlineArray<5, UInt64>(repeating: 0)

  static let closed = UInt32.max
  static let registering: Int32 = 1 << 30

  struct Flags: OptionSet {
    let rawValue: UInt32

    /// The two lowest bits hold the priority.
    static let priorityMask: UInt32 = 3
    static let tiny = Flags(rawValue: 1 << 2)
    static let isAsync = Flags(rawValue: 1 << 3)
    static let boxed = Flags(rawValue: 1 << 4)
    static let finishesBeforeExit = Flags(rawValue: 1 << 5)
    /// Runs at once on the thread that makes it ready, whatever is poisoned; a waiter.
    static let immediate = Flags(rawValue: 1 << 6)
    static let variablesOnHeap = Flags(rawValue: 1 << 7)
  }
}
