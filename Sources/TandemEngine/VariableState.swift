import Synchronization
import TandemThreads

typealias VariablePointer = UnsafeMutablePointer<VariableState>

/// What the engine knows of one variable: one cache line.
///
/// `lock` guards the writer and the readers and is held only while an operation is registered. The
/// references keep nothing alive: an operation that is done is recognised by its generation.
/// `poison` changes only while an operation that writes the variable finishes, and is read by
/// operations that the graph orders before or after that.
struct VariableState: ~Copyable {
  static let inlineReaders = 3

  // No atomic comes first: to the thread sanitizer a change of any plain field is an access to the
  // first byte.
  /// The last operation that writes it.
  var writer: NodeReference = 0
  let lock = Spinlock()
  /// Counts the releases of this state; a handle with another generation is stale.
  var generation: UInt16 = 0
  let poison = Atomic<UInt>(0)
  var readerCount: UInt32 = 0
  var readerCapacity: UInt32 = 0
  /// The operations that read it since, when there are more than three.
  var manyReaders: UnsafeMutablePointer<NodeReference>?
  /// The operations that read it since.
  var fewReaders = InlineArray<3, NodeReference>(repeating: 0)

  /// The readers, wherever they are.
  @inline(__always)
  static func readers(_ variable: VariablePointer) -> UnsafeMutablePointer<NodeReference> {
    if let many = variable.pointee.manyReaders { return many }
    let offset = MemoryLayout<VariableState>.size - inlineReaders * 8
    return (UnsafeMutableRawPointer(variable) + offset)
      .assumingMemoryBound(to: NodeReference.self)
  }

  /// Whether all operations that read it are done; if so they are forgotten. Under its lock.
  static func hasNoReaders(_ variable: VariablePointer, _ base: UnsafeMutableRawPointer) -> Bool {
    let readers = readers(variable)
    for index in 0..<Int(variable.pointee.readerCount)
    where !NodePool.isDone(readers[index], base) { return false }
    variable.pointee.readerCount = 0
    return true
  }

  /// Adds a reader; forgets those that are done before it takes more memory, so that a variable
  /// that is read for ever and never written, as a weight, stays small.
  @inline(__always)
  static func addReader(
    _ reader: NodeReference, to variable: VariablePointer, _ base: UnsafeMutableRawPointer
  ) {
    let capacity = max(variable.pointee.readerCapacity, UInt32(inlineReaders))
    if variable.pointee.readerCount == capacity { makeRoom(in: variable, capacity, base) }
    readers(variable)[Int(variable.pointee.readerCount)] = reader
    variable.pointee.readerCount += 1
  }

  @inline(never)
  private static func makeRoom(
    in variable: VariablePointer, _ capacity: UInt32, _ base: UnsafeMutableRawPointer
  ) {
    let old = readers(variable)
    var kept: UInt32 = 0
    for index in 0..<Int(variable.pointee.readerCount) where !NodePool.isDone(old[index], base) {
      old[Int(kept)] = old[index]
      kept += 1
    }
    variable.pointee.readerCount = kept
    // Half full after pruning: the next pruning is far enough away to pay for itself.
    guard kept > capacity / 2 else { return }
    let larger = capacity * 4
    let new = BufferPool.shared.allocate(byteCount: Int(larger) * 8)
      .bindMemory(to: NodeReference.self, capacity: Int(larger))
    new.update(from: old, count: Int(kept))
    freeReaders(variable)
    variable.pointee.manyReaders = new
    variable.pointee.readerCapacity = larger
  }

  /// Back to the inline list.
  static func freeReaders(_ variable: VariablePointer) {
    guard let many = variable.pointee.manyReaders else { return }
    BufferPool.shared.deallocate(many, byteCount: Int(variable.pointee.readerCapacity) * 8)
    variable.pointee.manyReaders = nil
    variable.pointee.readerCapacity = 0
  }
}

/// A variable in an operation's list: its address; in bits 0 and 1 whether the operation reads and
/// writes it; in bits 48…63 the place at which the pusher named it first, so that of several causes
/// of failure the first named one counts, wherever variables lie.
struct TaggedVariable {
  static let read: UInt64 = 1
  static let write: UInt64 = 2
  static let addressMask: UInt64 = ((1 << 48) - 1) & ~63

  @inline(__always)
  static func address(_ word: UInt64) -> UInt64 { word & addressMask }

  @inline(__always)
  static func place(_ word: UInt64) -> UInt64 { word >> 48 }

  @inline(__always)
  static func pointer(_ word: UInt64) -> VariablePointer {
    VariablePointer(bitPattern: UInt(word & addressMask)).unsafelyUnwrapped
  }
}
