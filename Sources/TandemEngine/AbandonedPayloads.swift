import Synchronization
import TandemThreads

/// Payloads of asynchronous operations that were given up: kept, for somebody may still be writing
/// into their buffers, until the completion arrives.
final class AbandonedPayloads: Sendable {
  private enum Entry {
    /// Somebody is giving the operation up; true if the completion has arrived meanwhile.
    case reserved(hasArrived: Bool)
    case kept(type: any OperationPayload.Type, memory: UInt, isBoxed: Bool)
  }

  private let entries = Guarded<[NodeReference: Entry]>([:])

  /// How many are kept.
  var count: Int { entries.withLock { $0.count } }

  /// Announces that an operation is about to be given up; false if somebody else has done so.
  func reserve(_ reference: NodeReference) -> Bool {
    entries.withLock { entries in
      guard entries[reference] == nil else { return false }
      entries[reference] = .reserved(hasArrived: false)
      return true
    }
  }

  func cancel(_ reference: NodeReference) { entries.withLock { $0[reference] = nil } }

  /// Takes the payload out of its node, unless the completion has arrived.
  ///
  /// Values in Swift may be moved as bytes, so the payload need not know.
  func keep(_ node: NodePointer, _ reference: NodeReference) {
    let inline = UnsafeMutableRawPointer(node) + Node.payloadOffset
    let memory = BufferPool.shared.allocate(byteCount: Node.payloadBytes)
    memory.copyMemory(from: inline, byteCount: Node.payloadBytes)
    let entry = Entry.kept(
      type: node.pointee.type, memory: UInt(bitPattern: memory),
      isBoxed: node.pointee.flags.contains(.boxed))
    node.pointee.type = EmptyPayload.self
    node.pointee.flags.remove(.boxed)
    let hasArrived = entries.withLock { entries in
      if case .reserved(hasArrived: true) = entries[reference] {
        entries[reference] = nil
        return true
      }
      entries[reference] = entry
      return false
    }
    if hasArrived { AbandonedPayloads.destroy(entry) }
  }

  /// The completion of an operation has arrived, maybe late. Destroys the payload if it was kept.
  func arrived(_ reference: NodeReference) {
    let entry = entries.withLock { entries -> Entry? in
      if case .reserved = entries[reference] {
        entries[reference] = .reserved(hasArrived: true)
        return nil
      }
      return entries.removeValue(forKey: reference)
    }
    if let entry { AbandonedPayloads.destroy(entry) }
  }

  private static func destroy(_ entry: Entry) {
    guard case .kept(let type, let word, let isBoxed) = entry,
      let memory = UnsafeMutableRawPointer(bitPattern: word)
    else { return }
    if isBoxed {
      let box = memory.load(as: UnsafeMutableRawPointer.self)
      type._destroy(at: box)
      BufferPool.shared.deallocate(box, byteCount: memory.load(fromByteOffset: 8, as: Int.self))
    } else {
      type._destroy(at: memory)
    }
    BufferPool.shared.deallocate(memory, byteCount: Node.payloadBytes)
  }
}
