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
  /// Of borrowed memory, which is never written, and not of the pool's: tells its owner that we
  /// are done.
  private let giveBack: (@Sendable () -> Void)?

  /// Lives as long as the process; counting references to it would take longer than its work.
  private static let pool = Unmanaged.passRetained(BufferPool.shared)

  /// Memory from the pool, taken when the first operation writes it.
  init(byteCount: Int, device: Device) {
    self.device = device
    self.byteCount = byteCount
    self.variable = Engine.makeVariable()
    self.giveBack = nil
  }

  /// Somebody else's memory, which stays as it is.
  init(
    borrowing base: UnsafeRawPointer, byteCount: Int, release: @escaping @Sendable () -> Void
  ) {
    self.byteCount = byteCount
    self.device = .current
    self.variable = Engine.makeVariable()
    self.base = UnsafeMutableRawPointer(mutating: base)
    self.giveBack = release
  }

  deinit {
    Engine.release(variable)
    if takenAt != 0 { LiveMemory.give(byteCount, takenAt) }
    if let giveBack {
      giveBack()
    } else if let base {
      Storage.pool._withUnsafeGuaranteedRef { $0.deallocate(base, byteCount: byteCount) }
    }
  }

  /// The bytes, for whoever declared access to the engine; taken from the pool at the first call.
  func materialized() -> UnsafeMutableRawPointer {
    if let base { return base }
    let fresh = Storage.pool._withUnsafeGuaranteedRef { $0.allocate(byteCount: byteCount) }
    base = fresh
    takenAt = LiveMemory.take(byteCount)
    return fresh
  }

  /// Whether in-place work may be done at all.
  var isWritable: Bool { giveBack == nil }

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
