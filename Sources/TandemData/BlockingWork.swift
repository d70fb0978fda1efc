import Glibc

/// Runs work that blocks (downloads, reading files) on a thread of its own, so that it takes none
/// of the few threads on which all of Swift's tasks run.
func onThreadOfItsOwn<Value: Sendable>(
  _ work: @escaping @Sendable () throws(DataSetError) -> Value
) async throws(DataSetError) -> Value {
  let result = await withCheckedContinuation {
    (continuation: CheckedContinuation<Result<Value, DataSetError>, Never>) in
    let job = Job { continuation.resume(returning: Result(catching: work)) }
    var thread = pthread_t()
    let started = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Job>.fromOpaque(argument!).takeRetainedValue().body()
        return nil
      }, Unmanaged.passRetained(job).toOpaque())
    if started == 0 {
      pthread_detach(thread)
    } else {
      Unmanaged.passUnretained(job).release()
      job.body()
    }
  }
  return try result.get()
}

private final class Job {
  let body: () -> Void

  init(_ body: @escaping () -> Void) { self.body = body }
}
