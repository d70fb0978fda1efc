import Glibc
import Synchronization
import TandemEngine
import TandemShapes
import TandemThreads
import TestSupport

/// One random operation: what it reads and writes, and how it ends.
struct RandomOperation {
  enum Kind { case plain, tiny, async, failing, failingAsync }
  let id: Int
  let reads: [Int]
  let writes: [Int]
  let kind: Kind
  let priority: Priority

  var isAsync: Bool { kind == .async || kind == .failingAsync }
  var fails: Bool { kind == .failing || kind == .failingAsync }
}

/// Random operations over a set of variables; the same for the same seed.
struct RandomProgram {
  let operations: [RandomOperation]

  /// - Parameter failures: whether some operations fail.
  init(seed: UInt64, count: Int, variables: Range<Int>, firstID: Int = 0, failures: Bool) {
    var random = SplitMix(seed: seed)
    operations = (0..<count).map { index in
      var reads = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        Int.random(in: variables, using: &random)
      }
      var writes = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        Int.random(in: variables, using: &random)
      }
      // Read and written, twice in one list, and now and then nearly everything.
      if Int.random(in: 0..<8, using: &random) == 0, let one = writes.first { reads.append(one) }
      if Int.random(in: 0..<16, using: &random) == 0, let one = writes.first { writes.append(one) }
      if Int.random(in: 0..<500, using: &random) == 0 { reads = Array(variables) }
      if Int.random(in: 0..<500, using: &random) == 0 { writes = Array(variables) }
      let kind: RandomOperation.Kind
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<50: kind = .plain
      case 50..<85: kind = .tiny
      case 85..<96: kind = .async
      case 96..<99: kind = failures ? .failing : .plain
      default: kind = failures ? .failingAsync : .async
      }
      return RandomOperation(
        id: firstID + index, reads: reads, writes: writes, kind: kind,
        priority: Priority.allCases.randomElement(using: &random)!)
    }
  }
}

/// The bytes that a random program works on, and what it notes down while it runs.
///
/// Sendable: bytes and notes of a variable are touched only by operations that declared it, so
/// that a race is a fault of the engine, which the thread sanitizer and the comparison find.
final class World: @unchecked Sendable {
  static let words = 4
  let bytes: UnsafeMutablePointer<UInt64>
  /// For each variable the operations that wrote it, in order.
  let writers: UnsafeMutablePointer<[Int]>
  /// For each operation the number of writes that each of its variables had seen.
  let versions: UnsafeMutablePointer<[(variable: Int, version: Int)]>
  let count: Int
  let operationCount: Int

  init(variables: Int, operations: Int) {
    (count, operationCount) = (variables, operations)
    bytes = .allocate(capacity: variables * World.words)
    bytes.initialize(repeating: 0, count: variables * World.words)
    writers = .allocate(capacity: variables)
    writers.initialize(repeating: [], count: variables)
    versions = .allocate(capacity: operations)
    versions.initialize(repeating: [], count: operations)
  }

  deinit {
    bytes.deallocate()
    writers.deinitialize(count: count)
    writers.deallocate()
    versions.deinitialize(count: operationCount)
    versions.deallocate()
  }

  var contents: [UInt64] { Array(UnsafeBufferPointer(start: bytes, count: count * World.words)) }

  func perform(_ operation: RandomOperation) {
    var mixed = SplitMix(seed: UInt64(operation.id))
    for read in operation.reads {
      for word in 0..<World.words {
        mixed.state ^= bytes[read * World.words + word] &+ mixed.next()
      }
      versions[operation.id].append((read, writers[read].count))
    }
    for write in Set(operation.writes).sorted() {
      versions[operation.id].append((write, writers[write].count))
      for word in 0..<World.words { bytes[write * World.words + word] = mixed.next() }
      writers[write].append(operation.id)
    }
  }
}

/// Completes asynchronous operations on a thread of its own.
final class Completer: @unchecked Sendable {
  // Sendable: the queue is under its lock, and the thread's handle is written before any use.

  private let jobs = Guarded<[@Sendable () -> Void]>([])
  private let isEnding = Atomic<Bool>(false)
  private var thread = pthread_t()

  init() {
    let start = Unmanaged.passRetained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Completer>.fromOpaque(argument!).takeRetainedValue().work()
        return nil
      }, start)
  }

  func add(_ job: @escaping @Sendable () -> Void) { jobs.withLock { $0.append(job) } }

  func end() {
    isEnding.store(true, ordering: .releasing)
    pthread_join(thread, nil)
  }

  private func work() {
    while true {
      let ready = jobs.withLock { jobs in
        defer { jobs = [] }
        return jobs
      }
      for job in ready { job() }
      if ready.isEmpty {
        if isEnding.load(ordering: .acquiring) { return }
        sched_yield()
      }
    }
  }
}

/// What a random operation does when the engine runs it.
struct RandomPayload: OperationPayload {
  static let operationName: EngineLabel = "random"
  let operation: RandomOperation
  let world: World
  let engine: Engine
  let completer: Completer

  func run(_ context: borrowing OperationContext) throws(OperationFailure) {
    let failure = operation.fails ? OperationFailure("planned failure of \(operation.id)") : nil
    guard operation.isAsync else {
      if let failure { throw failure }
      return world.perform(operation)
    }
    let completion = context.completion
    let (operation, world, engine) = (operation, world, engine)
    completer.add {
      if failure == nil { world.perform(operation) }
      engine.complete(completion, failing: failure)
      // A late one, often when the node belongs to another operation already.
      engine.complete(completion, failing: OperationFailure("too late"))
    }
  }
}

extension Engine {
  func push(
    _ operation: RandomOperation, _ variables: [Variable], _ world: World, _ completer: Completer
  ) {
    let payload = RandomPayload(
      operation: operation, world: world, engine: self, completer: completer)
    let reads = operation.reads.map { variables[$0] }
    let writes = operation.writes.map { variables[$0] }
    let options = OperationOptions(priority: operation.priority, isTiny: operation.kind == .tiny)
    reads.withUnsafeBufferPointer { reads in
      writes.withUnsafeBufferPointer { writes in
        if operation.isAsync {
          pushAsync(
            payload, reading: VariableList(reads), writing: VariableList(writes), options: options)
        } else {
          push(
            payload, reading: VariableList(reads), writing: VariableList(writes), options: options)
        }
      }
    }
  }
}

/// Runs the bodies on threads of their own, at the same time, and waits for all.
func onThreads(_ bodies: [@Sendable () -> Void]) {
  for thread in bodies.map(startThread) { pthread_join(thread, nil) }
}

/// Runs the body on a thread of its own.
@discardableResult
func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { argument in
      Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, Unmanaged.passRetained(Box(body)).toOpaque())
  return thread
}
