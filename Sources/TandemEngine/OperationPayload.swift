import TandemShapes
import TandemThreads

/// What an operation does: a plain value that is stored in the engine's queue and run once.
///
/// Up to ``Engine/inlinePayloadBytes`` bytes are stored without an allocation. The payload is
/// destroyed after it has run (an asynchronous one after its completion) and before anything that
/// waits for the operation goes on; it is destroyed without having run when an input is poisoned.
public protocol OperationPayload: Sendable {
  /// What messages, reports and profiles call operations of this type.
  static var operationName: EngineLabel { get }

  /// What they call this one; asked for once, when the operation is queued.
  var operationName: EngineLabel { get }

  /// What this one moves and computes; asked for only while something is profiled.
  var declaredWork: OperationWork { get }

  /// Does the work, on any thread. May push further operations; must not wait for any.
  ///
  /// Operations validate before they write their first byte. One that throws poisons everything
  /// that it was declared to write.
  func run(_ context: borrowing OperationContext) throws(OperationFailure)

  /// Runs the value at an address; the default is all that is ever needed.
  static func _run(at address: UnsafeMutableRawPointer, _ context: borrowing OperationContext)
    throws(OperationFailure)

  /// Destroys the value at an address; the default is all that is ever needed.
  static func _destroy(at address: UnsafeMutableRawPointer)

  /// What the value at an address declares; the default is all that is ever needed.
  static func _work(at address: UnsafeMutableRawPointer) -> OperationWork
}

extension OperationPayload {
  /// The name that all operations of this type have.
  @inlinable
  public var operationName: EngineLabel { Self.operationName }

  /// Nothing is declared.
  @inlinable
  public var declaredWork: OperationWork { .unknown }

  @inlinable
  public static func _work(at address: UnsafeMutableRawPointer) -> OperationWork {
    address.assumingMemoryBound(to: Self.self).pointee.declaredWork
  }

  @inlinable
  public static func _run(
    at address: UnsafeMutableRawPointer, _ context: borrowing OperationContext
  ) throws(OperationFailure) {
    try address.assumingMemoryBound(to: Self.self).pointee.run(context)
  }

  @inlinable
  public static func _destroy(at address: UnsafeMutableRawPointer) {
    address.assumingMemoryBound(to: Self.self).deinitialize(count: 1)
  }
}

/// What a running operation is told.
public struct OperationContext: ~Copyable {
  /// The threads that its kernels may use.
  public let parallel: ParallelContext
  /// Of an operation queued by `pushAsync`, what its completion is announced with; else empty.
  public let completion: Completion
  let node: NodePointer

  init(parallel: ParallelContext, completion: Completion, node: NodePointer) {
    (self.parallel, self.completion, self.node) = (parallel, completion, node)
  }

  /// The operation's name.
  public var operationName: EngineLabel {
    EngineLabel(word: node.pointee.name.load(ordering: .relaxed))
  }

  /// Where the user queued it.
  public var site: CallSite { CallSite(word: node.pointee.site.load(ordering: .relaxed)) }

  /// The module that queued it.
  public var modulePath: EngineLabel { node.pointee.modulePath }
}

/// Stands for one asynchronous operation that has been started and is not completed.
///
/// Hand it to ``Engine/complete(_:failing:)``, from any thread, once. A later use is recognised,
/// even when the engine has long reused the operation's memory.
public struct Completion: Hashable, Sendable {
  let reference: NodeReference

  /// Whether it stands for no operation.
  public var isEmpty: Bool { reference == 0 }
}
