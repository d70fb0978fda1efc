import Synchronization
import TandemEngine
import TandemThreads

/// The loop kernels of elementwise operators without attributes, by operator type and dtypes: what
/// the hot path looks up, without a lock.
///
/// An open-addressing table that only grows. A slot's key is published after its entry, so whoever
/// sees the key sees the entry; insertions take a lock. When the table is full, operators go the
/// general way.
///
/// `@unchecked Sendable`: `entries[i]` is written once under the lock before `keys[i]` is released.
final class ElementwiseTable: @unchecked Sendable {
  static let shared = ElementwiseTable()

  /// A kernel and the dtype of what it computes.
  final class Entry: Sendable {
    let kernel: LoopKernel
    let dtype: DType
    let label: EngineLabel

    init(_ kernel: LoopKernel, _ dtype: DType, _ label: EngineLabel) {
      (self.kernel, self.dtype, self.label) = (kernel, dtype, label)
    }

    /// Runs the kernel on dense operands.
    ///
    /// - Parameter pointers: the output, then the inputs.
    @inline(__always)
    func run(
      _ count: Int,
      _ pointers: inout (UnsafeMutableRawPointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer),
      _ number: inout ScalarValue, in context: ParallelContext
    ) {
      withUnsafePointer(to: &pointers) { pointers in
        pointers.withMemoryRebound(to: UnsafeMutableRawPointer.self, capacity: 3) { pointers in
          withUnsafePointer(to: &number) { number in
            kernel.runContiguous(count: count, pointers: pointers, scalars: number, in: context)
          }
        }
      }
    }
  }

  private static let capacity = 8192
  private let keys: UnsafeMutablePointer<Atomic<UInt>>
  private let entries: UnsafeMutablePointer<Unmanaged<Entry>?>
  private let count = Guarded(0)

  private init() {
    keys = .allocate(capacity: ElementwiseTable.capacity)
    for index in 0..<ElementwiseTable.capacity { (keys + index).initialize(to: Atomic(0)) }
    entries = .allocate(capacity: ElementwiseTable.capacity)
    entries.initialize(repeating: nil, count: ElementwiseTable.capacity)
  }

  /// One word for an operator type and up to two operands, each with a dtype or absent, each an
  /// array or a number. Type metadata lies in the lower 48 bits of the address space.
  @inline(__always)
  static func key(
    _ type: ObjectIdentifier, _ first: DType, _ firstIsNumber: Bool, _ second: DType?,
    _ secondIsNumber: Bool
  ) -> UInt {
    let operands =
      UInt(first.rawValue) | (firstIsNumber ? 16 : 0)
      | (second.map { UInt($0.rawValue) + 1 } ?? 0) << 5 | (secondIsNumber ? 1 << 10 : 0)
    return UInt(bitPattern: type) | operands << 48
  }

  @inline(__always)
  private func slot(_ key: UInt) -> Int {
    Int((key &* 0x9E37_79B9_7F4A_7C15) >> 51)
  }

  /// The entry of a key, if it has been inserted.
  @inline(__always)
  func find(_ key: UInt) -> Unmanaged<Entry>? {
    var index = slot(key)
    while true {
      let found = keys[index].load(ordering: .acquiring)
      if found == key { return entries[index] }
      if found == 0 { return nil }
      index = (index + 1) & (ElementwiseTable.capacity - 1)
    }
  }

  /// Adds an entry; does nothing if it is there or the table is three quarters full.
  func insert(_ entry: Entry, for key: UInt) {
    count.withLock { count in
      guard count < ElementwiseTable.capacity / 4 * 3, find(key) == nil else { return }
      var index = slot(key)
      while keys[index].load(ordering: .relaxed) != 0 {
        index = (index + 1) & (ElementwiseTable.capacity - 1)
      }
      // Kept for good, so readers need not count references.
      entries[index] = .passRetained(entry)
      keys[index].store(key, ordering: .releasing)
      count += 1
    }
  }
}
