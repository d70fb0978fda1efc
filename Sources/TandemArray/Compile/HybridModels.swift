import Synchronization
import TandemThreads

/// The models that run as compiled regions when they are called: what `hybridize()` marks.
///
/// A struct has no identity, but all copies of a layer hold the same references: its type and its
/// fields name it, see ``ModelIdentity``. As walking fields takes microseconds, the registry keeps
/// some copies as they lie in memory: what has the same bytes is the same model. (The other way
/// round it is not so, as bytes between fields may be anything.) As the copies live, no other value
/// can have these bytes.
package enum HybridModels {
  /// A marked model.
  private final class Entry: Sendable {
    let type: ObjectIdentifier
    let model: any Sendable
    let region: Compiled<NDArray, NDArray>
    let copies: Guarded<[Copy]>

    init(_ type: ObjectIdentifier, _ copy: Copy, _ region: Compiled<NDArray, NDArray>) {
      (self.type, self.model, self.region) = (type, copy.model, region)
      copies = Guarded([copy])
    }
  }

  /// A model with its bytes.
  private struct Copy: Sendable {
    let bytes: [UInt8]
    let model: any Sendable

    init<Model: Sendable>(_ model: Model) {
      bytes = withUnsafeBytes(of: model) { Array($0) }
      self.model = model
    }
  }

  /// How many copies of a model are kept.
  private static let copiesMax = 4

  private static let entries = Guarded<[Entry]>([])
  private static let count = Atomic<Int>(0)

  /// From now on ``region(of:)`` gives the region of this model; a second call changes nothing.
  package static func mark<Model: Sendable>(
    _ model: Model, as region: Compiled<NDArray, NDArray>
  ) {
    guard find(model) == nil else { return }
    let entry = Entry(ObjectIdentifier(Model.self), Copy(model), region)
    entries.withLock { entries in
      entries.append(entry)
      count.store(entries.count, ordering: .releasing)
    }
  }

  /// Forgets a model; whether it was there.
  @discardableResult
  package static func unmark<Model: Sendable>(_ model: Model) -> Bool {
    var isFound = false
    while let entry = find(model) {
      isFound = true
      entries.withLock { entries in
        entries.removeAll { $0 === entry }
        count.store(entries.count, ordering: .releasing)
      }
    }
    return isFound
  }

  /// The region of a model that is marked; `nil` inside of a region, where the model's operators
  /// are traced into that one.
  @inline(__always)
  package static func region<Model: Sendable>(of model: Model) -> Compiled<NDArray, NDArray>? {
    if count.load(ordering: .relaxed) == 0 { return nil }
    return lookUp(model)
  }

  @inline(never)
  private static func lookUp<Model: Sendable>(_ model: Model) -> Compiled<NDArray, NDArray>? {
    if Scope.current?.trace != nil { return nil }
    return find(model)?.region
  }

  /// The entry of a model. Fields are compared outside of locks, as that may run users' code.
  private static func find<Model: Sendable>(_ model: Model) -> Entry? {
    let type = ObjectIdentifier(Model.self)
    let known = entries.withLock { $0 }
    let same = withUnsafeBytes(of: model) { bytes in
      known.first { entry in
        entry.type == type
          && entry.copies.withLock { $0.contains { $0.bytes.elementsEqual(bytes) } }
      }
    }
    if let same { return same }
    let found = known.first { $0.type == type && ModelIdentity.isSame($0.model, model) }
    guard let found else { return nil }
    let copy = Copy(model)
    // What leaves is released outside of the lock.
    let leaving = found.copies.withLock { copies -> Copy? in
      copies.append(copy)
      return copies.count > copiesMax ? copies.removeFirst() : nil
    }
    withExtendedLifetime(leaving) {}
    return found
  }
}
