import CTandem
import Synchronization
import TandemShapes
import TandemThreads

// Running an operation, and what follows from its end.

extension EngineCore {
  /// Runs the node's operation. Returns an operation that became ready, for the caller to run.
  @inline(__always)
  func run(_ node: NodePointer, _ thread: ThreadPointer, isWorker: Bool) -> NodePointer? {
    var cause = poisoned.isZero ? nil : firstCause(node)
    let isAsync = node.pointee.flags.contains(.isAsync)
    if cause == nil {
      let words = tandem_thread()
      let worker = Int(words.pointee.worker)
      noteStart(node, worker, isWorker, thread)
      words.pointee.depth += 2
      cause = call(node, isAsync ? .serial : isWorker ? parallel : .serial, thread)
      words.pointee.depth -= 2
      if isWorker { running[worker].store(0, ordering: .relaxed) }
      if isAsync { return afterStart(node, cause, thread) }
    }
    return finish(node, cause, thread)
  }

  @inline(__always)
  private func noteStart(
    _ node: NodePointer, _ worker: Int, _ isWorker: Bool, _ thread: ThreadPointer
  ) {
    guard isWorker else {
      let index = UInt32(truncatingIfNeeded: thread.pointee.index)
      node.pointee.stage.store(Stage.inline | index, ordering: .relaxed)
      return
    }
    node.pointee.stage.store(Stage.firstWorker + UInt32(worker), ordering: .relaxed)
    running[worker].store(NodeCalls.reference(node), ordering: .relaxed)
  }

  /// Calls the payload; returns the cause if it throws.
  @inline(__always)
  private func call(
    _ node: NodePointer, _ parallel: ParallelContext, _ thread: ThreadPointer
  ) -> PoisonReference? {
    if let failure = NodeCalls.run(node, parallel, thread) { return makeCause(node, failure) }
    return nil
  }

  /// Makes a failure of the node's operation a cause that poisons. The caller gets the reference.
  @inline(never)
  func makeCause(_ node: NodePointer, _ failure: OperationFailure) -> PoisonReference {
    PoisonReference(retaining: errors.record(NodeCalls.error(node, failure), poisoned))
  }

  /// The poison of the first poisoned variable that the node was declared to read. The caller gets
  /// the reference.
  @inline(never)
  private func firstCause(_ node: NodePointer) -> PoisonReference? {
    let variables = NodeVariables.list(node)
    var first: (place: UInt64, cause: PoisonReference)?
    for index in 0..<Int(node.pointee.variableCount)
    where variables[index] & TaggedVariable.read != 0 {
      let place = TaggedVariable.place(variables[index])
      let word = TaggedVariable.pointer(variables[index]).pointee.poison.load(ordering: .relaxed)
      if let cause = PoisonReference(word: word), first.map({ place < $0.place }) ?? true {
        first = (place, cause)
      }
    }
    return first?.cause.retained()
  }

  /// Finishes the operation: poisons or clears what it wrote, destroys the payload, lets those go
  /// on that waited. Consumes the reference. Returns one of those, if it can run now.
  @inline(__always)
  func finish(
    _ node: NodePointer, _ cause: PoisonReference?, _ thread: ThreadPointer
  ) -> NodePointer? {
    if cause != nil || !poisoned.isZero { setPoison(node, cause) }
    NodeCalls.destroyPayload(node)
    let kilobytes = node.pointee.declaredKilobytes
    let isExitCritical = node.pointee.flags.contains(.finishesBeforeExit)
    let next = close(node, thread)
    let counters = counters(thread)
    if kilobytes != 0 {
      _ = OperationCounters.bump(counters.pointee.kilobytesDone, by: Int(kilobytes))
    }
    if isExitCritical { _ = OperationCounters.bump(counters.pointee.exitCriticalDone) }
    let done = OperationCounters.bump(counters.pointee.done)
    if done & 63 == 0, watchers.load(ordering: .relaxed) != 0 { announceProgress() }
    return next
  }

  @inline(never)
  private func setPoison(_ node: NodePointer, _ cause: PoisonReference?) {
    let variables = NodeVariables.list(node)
    for index in 0..<Int(node.pointee.variableCount)
    where variables[index] & TaggedVariable.write != 0 {
      let variable = TaggedVariable.pointer(variables[index])
      if cause != nil || variable.pointee.poison.load(ordering: .relaxed) != 0 {
        PoisonReference.set(cause, on: variable)
      }
    }
    cause?.release()
  }

  /// Closes the node's list, gives the node back and lets those on the list go on.
  @inline(__always)
  private func close(_ node: NodePointer, _ thread: ThreadPointer) -> NodePointer? {
    let base = thread.pointee.base
    let list = Graph.shut(node, thread)
    thread.pointee.giveNode(node)
    let own = Unmanaged.passUnretained(self).toOpaque()
    var kept: NodePointer?
    var queued = false
    Graph.release(list, base) { waiting in
      if waiting.pointee.core.unsafelyUnwrapped.toOpaque() != own {
        waiting.pointee.core.unsafelyUnwrapped._withUnsafeGuaranteedRef {
          $0.takeOver(waiting, thread)
        }
      } else if waiting.pointee.flags.contains(.immediate) {
        runImmediate(waiting, thread)
      } else if kept == nil {
        kept = waiting
      } else {
        waiting.pointee.stage.store(Stage.ready, ordering: .relaxed)
        ready.push(waiting, base)
        queued = true
      }
    }
    if queued { team._withUnsafeGuaranteedRef { $0.notify() } }
    return kept
  }

  /// Goes on with an operation of this engine that one of another engine stood in the way of.
  @inline(never)
  private func takeOver(_ node: NodePointer, _ thread: ThreadPointer) {
    if node.pointee.flags.contains(.immediate) {
      runImmediate(node, thread)
    } else {
      enqueue(node, thread)
    }
  }

  // MARK: Asynchronous operations

  /// The payload has started something and returned, or thrown.
  @inline(never)
  private func afterStart(
    _ node: NodePointer, _ cause: PoisonReference?, _ thread: ThreadPointer
  ) -> NodePointer? {
    if let cause {
      // Whoever completes first decides; what comes second is only recorded.
      if AsyncState.claim(node, AsyncState.generation(node), EngineHardware.self) {
        return finish(node, cause, thread)
      }
      cause.release()
    }
    node.pointee.stage.store(Stage.started, ordering: .relaxed)
    return AsyncState.noteStarted(node, EngineHardware.self) ? finishEnded(node, thread) : nil
  }

  /// Completes an asynchronous operation; false if that has been done before.
  func complete(_ completion: Completion, failing failure: OperationFailure?) -> Bool {
    if end(completion, failing: failure, bits: AsyncState.completed) { return true }
    abandoned.arrived(completion.reference)
    return false
  }

  /// Gives an asynchronous operation up; false if it has been ended before.
  func abandon(_ completion: Completion, failing failure: OperationFailure) -> Bool {
    guard completion.reference != 0, abandoned.reserve(completion.reference) else { return false }
    let bits = AsyncState.completed | AsyncState.abandoned
    if end(completion, failing: failure, bits: bits) { return true }
    abandoned.cancel(completion.reference)
    return false
  }

  private func end(
    _ completion: Completion, failing failure: OperationFailure?, bits: UInt64
  ) -> Bool {
    let thread = EngineThread.current
    let number = UInt32(truncatingIfNeeded: completion.reference)
    let node = NodePool.node(number, thread.pointee.base)
    guard number != 0,
      AsyncState.claim(node, completion.reference >> 32, EngineHardware.self)
    else { return false }
    node.pointee.cause = failure.map { makeCause(node, $0) }
    if AsyncState.end(node, bits: bits, EngineHardware.self) {
      if let next = finishEnded(node, thread) { enqueue(next, thread) }
      if watchers.load(ordering: .relaxed) != 0 { announceProgress() }
    }
    return true
  }

  /// Finishes an asynchronous operation that was completed or given up.
  private func finishEnded(_ node: NodePointer, _ thread: ThreadPointer) -> NodePointer? {
    if node.pointee.completion.load(ordering: .relaxed) & AsyncState.abandoned != 0 {
      abandoned.keep(node, NodeCalls.reference(node))
    }
    return finish(node, node.pointee.cause, thread)
  }
}
