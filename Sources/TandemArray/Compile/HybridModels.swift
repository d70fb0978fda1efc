import Synchronization
import TandemThreads

/// The models that run as compiled regions when they are called: what `hybridize()` marks.
///
/// A struct has no identity, but all copies of a layer hold the same references: its type and what
/// its stored properties hold name it. The registry keeps a copy, so that no other object can have
/// the address of one of these.
package enum HybridModels {
  private struct Entry {
    let type: ObjectIdentifier
    let bytes: [UInt8]
    let model: any Sendable
    let region: Compiled<NDArray, NDArray>
  }

  private static let entries = Guarded<[Entry]>([])
  private static let count = Atomic<Int>(0)

  /// From now on ``region(of:)`` gives the region of this model; a second call changes nothing.
  package static func mark<Model: Sendable>(
    _ model: Model, as region: Compiled<NDArray, NDArray>
  ) {
    let bytes = withUnsafeBytes(of: model) { Array($0) }
    entries.withLock { entries in
      guard find(model, in: entries) == nil else { return }
      entries.append(
        Entry(type: ObjectIdentifier(Model.self), bytes: bytes, model: model, region: region))
      count.store(entries.count, ordering: .releasing)
    }
  }

  /// Forgets a model; whether it was there.
  @discardableResult
  package static func unmark<Model>(_ model: Model) -> Bool {
    entries.withLock { entries in
      guard let index = find(model, in: entries) else { return false }
      entries.remove(at: index)
      count.store(entries.count, ordering: .releasing)
      return true
    }
  }

  /// The region of a model that is marked; `nil` inside of a region, where the model's operators
  /// are traced into that one.
  @inline(__always)
  package static func region<Model>(of model: Model) -> Compiled<NDArray, NDArray>? {
    if count.load(ordering: .relaxed) == 0 { return nil }
    return lookUp(model)
  }

  @inline(never)
  private static func lookUp<Model>(_ model: Model) -> Compiled<NDArray, NDArray>? {
    if Scope.current?.trace != nil { return nil }
    return entries.withLock { entries in find(model, in: entries).map { entries[$0].region } }
  }

  private static func find<Model>(_ model: Model, in entries: [Entry]) -> Int? {
    let same = entries.indices.filter { entries[$0].type == ObjectIdentifier(Model.self) }
    if same.isEmpty { return nil }
    // Equal bytes are equal values; different ones may differ in padding alone.
    return withUnsafeBytes(of: model) { bytes in
      same.first { entries[$0].bytes.elementsEqual(bytes) }
    } ?? same.first { SameValue.holds(entries[$0].model, model) }
  }
}
