import CTandem
import Synchronization
import TandemShapes
import TandemThreads

// What a waiting thread says.

extension EngineCore {
  private static let stackTextNanosecondsMax: Int64 = 3_000_000_000
  private static let framesShownMax = 12

  /// The last writer of a variable and everything that runs.
  func describe(_ variable: VariablePointer, _ thread: ThreadPointer) -> String {
    let writer = variable.pointee.lock.withLock { variable.pointee.writer }
    let what = snapshot(writer, thread)?.text ?? "an operation that is just done"
    return what + describeInlineStack(writer, thread) + describeRest(except: writer, thread)
  }

  /// Where the thread stands that queued an operation and runs it itself; empty if none does.
  private func describeInlineStack(_ reference: NodeReference, _ thread: ThreadPointer) -> String {
    let node = NodePool.node(UInt32(truncatingIfNeeded: reference), thread.pointee.base)
    let stage = node.pointee.stage.load(ordering: .acquiring)
    guard !NodePool.isDone(reference, thread.pointee.base),
      let index = Stage.inlineThread(stage)
    else { return "" }
    let number = EngineThread.kernelNumber(ofThread: index)
    let end = tandem_now() + EngineCore.stackTextNanosecondsMax
    return "; thread \(number) "
      + EngineCore.standing(WorkerTeam.stack(ofThread: number), until: end)
  }

  /// What a wait for something else says: what that is, and everything that runs.
  func describe(_ what: String) -> String {
    what + describeRest(except: 0, EngineThread.current)
  }

  /// Where the workers stand that run something, for a wait's report; takes up to some seconds.
  func describeStacks() -> String {
    let end = tandem_now() + EngineCore.stackTextNanosecondsMax
    return devices.all.map { EngineCore.describeStacks(of: $0, until: end) }.joined()
  }

  private static func describeStacks(of one: DeviceCores.Member, until end: Int64) -> String {
    (0..<one.team.width).compactMap { worker in
      guard one.core.running[worker].load(ordering: .acquiring) != 0 else { return nil }
      return "; worker \(worker)\(one.suffix) "
        + standing(one.team.stack(ofWorker: worker), until: end)
    }.joined()
  }

  /// A stack in words.
  private static func standing(_ stack: [UInt], until end: Int64) -> String {
    let places = stack.prefix(EngineCore.framesShownMax).map { frame in
      // Looking up a place may take long; what there is no time for is shown as a number.
      tandem_now() < end
        ? CallSite(word: UInt64(frame) | 1 << 63).description : "0x" + String(frame, radix: 16)
    }
    return places.isEmpty ? "does not answer" : "stands at \(places.joined(separator: " < "))"
  }

  private func describeRest(except known: NodeReference, _ thread: ThreadPointer) -> String {
    let others = devices.all.flatMap { one in
      EngineCore.runningReferences(of: one).compactMap { reference in
        reference == known ? nil : snapshot(reference, thread)?.text
      }
    }
    return "; \(devices.inFlight.operations) operations in flight"
      + (others.isEmpty ? "" : "; meanwhile: \(others.joined(separator: "; "))")
  }

  private static func runningReferences(of one: DeviceCores.Member) -> [NodeReference] {
    (0..<one.team.width).map { one.core.running[$0].load(ordering: .acquiring) }
  }

  /// Of an operation that runs on a worker, what tells that one from workers of other devices.
  private func device(of reference: NodeReference, _ stage: UInt32) -> String {
    guard stage >= Stage.firstWorker, Stage.inlineThread(stage) == nil else { return "" }
    return devices.all.first { EngineCore.runningReferences(of: $0).contains(reference) }?.suffix
      ?? ""
  }

  /// Copies what a node says of itself; nil if the operation ended meanwhile.
  private func snapshot(
    _ reference: NodeReference, _ thread: ThreadPointer
  ) -> (name: EngineLabel, site: CallSite, text: String)? {
    guard !NodePool.isDone(reference, thread.pointee.base) else { return nil }
    let node = NodePool.node(UInt32(truncatingIfNeeded: reference), thread.pointee.base)
    let name = EngineLabel(word: node.pointee.name.load(ordering: .acquiring))
    let site = CallSite(word: node.pointee.site.load(ordering: .acquiring))
    let stage = node.pointee.stage.load(ordering: .acquiring)
    let device = device(of: reference, stage)
    guard !NodePool.isDone(reference, thread.pointee.base) else { return nil }
    let place = site == .unknown ? "" : " (\(site))"
    return (name, site, "\(name)\(place), \(Stage.description(stage))\(device)")
  }

  /// The error of a wait whose time is over.
  func timedOut(
    _ variable: VariablePointer, _ thread: ThreadPointer
  ) -> EngineError {
    let writer = variable.pointee.lock.withLock { variable.pointee.writer }
    let found = snapshot(writer, thread)
    return EngineError(
      .timedOut,
      "not done in the time that the wait was given"
        + (found.map { ": \($0.text)" } ?? ""),
      operation: found?.name.description ?? "wait", site: found?.site ?? .unknown, modulePath: nil)
  }
}
