import Synchronization
import TandemEngine
import TandemThreads

/// The memory behind arrays: bytes, the engine's variable that orders access to them, and how many
/// owners there are.
///
/// Queued operations retain the object, so ARC frees it after the last of them. **Owners** –
/// arrays, views, tape entries, captures, exports – are counted apart: in-place work is legal when
/// an array is the only owner at the push, however far the engine runs ahead.
///
/// `@unchecked Sendable`: `owners` is atomic, all other properties but `base` are constants, and
/// `base` is written once, by whoever has exclusive access: the creator before the object is
/// shared, or the first engine operation that declared that it writes `variable`. Every reader of
/// `base` comes after that write, because it declared that it reads the variable or waited for it.
final class Storage: @unchecked Sendable {
  /// How many storages there are in the process.
  static let live = Atomic<Int>(0)

  /// How many bytes there are.
  let byteCount: Int
  /// Orders access to the bytes.
  let variable: Variable
  /// Whose threads compute the bytes.
  let device: Device
  /// Arrays, views, tape entries, captures and exports; one more than zero means shared.
  private let owners = Atomic<Int>(0)
  private var base: UnsafeMutableRawPointer?
  /// Where the bytes were taken, for profiles.
  private var takenAt: LiveMemory.Token = 0
  private let owned: Owned

  /// Where the bytes come from, which decides what happens to them.
  private enum Owned: Sendable {
    case pool
    /// Borrowed memory is never written; the closure tells its owner that we are done.
    case borrowed(release: @Sendable () -> Void)
  }

  /// Memory from the pool, taken when the first operation writes it.
  init(byteCount: Int, device: Device) {
    self.device = device
    Storage.live.wrappingAdd(1, ordering: .relaxed)
    self.byteCount = byteCount
    self.variable = Engine.makeVariable()
    self.owned = .pool
  }

  /// Somebody else's memory, which stays as it is.
  init(
    borrowing base: UnsafeRawPointer, byteCount: Int, release: @escaping @Sendable () -> Void
  ) {
    Storage.live.wrappingAdd(1, ordering: .relaxed)
    self.byteCount = byteCount
    self.device = .current
    self.variable = Engine.makeVariable()
    self.base = UnsafeMutableRawPointer(mutating: base)
    self.owned = .borrowed(release: release)
  }

  deinit {
    Engine.release(variable)
    if takenAt != 0 { LiveMemory.give(byteCount, takenAt) }
    switch owned {
    case .pool: if let base { BufferPool.shared.deallocate(base, byteCount: byteCount) }
    case .borrowed(let release): release()
    }
    Storage.live.wrappingSubtract(1, ordering: .relaxed)
  }

  /// The bytes, for whoever declared access to the engine; taken from the pool at the first call.
  func materialized() -> UnsafeMutableRawPointer {
    if let base { return base }
    let fresh = BufferPool.shared.allocate(byteCount: byteCount)
    base = fresh
    takenAt = LiveMemory.take(byteCount)
    return fresh
  }

  /// Whether in-place work may be done at all.
  var isWritable: Bool {
    if case .pool = owned { true } else { false }
  }

  /// Whether at most one owner is left.
  var hasOneOwner: Bool { owners.load(ordering: .acquiring) <= 1 }

  func addOwner() { owners.wrappingAdd(1, ordering: .relaxed) }

  /// For a storage that only the caller knows.
  func addFirstOwner() { owners.store(1, ordering: .relaxed) }

  func removeOwner() {
    // Only an owner makes another, so the last one is alone.
    if owners.load(ordering: .acquiring) == 1 {
      owners.store(0, ordering: .releasing)
    } else {
      owners.wrappingSubtract(1, ordering: .releasing)
    }
  }
}
