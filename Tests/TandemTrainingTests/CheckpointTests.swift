import Glibc
import Tandem
import TestSupport
import Testing

@testable import TandemTraining

/// A small training with everything that has a state: shuffled data, dropout, Adam.
private struct Job {
  let model = Sequential {
    Dense(16, inputs: 4)
    ReLU()
    Dropout(0.3)
    Dense(1)
  }
  let set: MappedSet<ArraySet, Sample>
  let trainer: Trainer

  init(seed: UInt64) {
    setRandomSeed(seed)
    trainer = Trainer(model, optimizer: Adam(learningRate: 0.01))
    let inputs = (0..<88).map { Float(($0 * 37) % 19) / 19 - 0.5 }
    let rows = ArraySet(
      NDArray(inputs, shape: [22, 4]), NDArray((0..<22).map { Float($0 % 5) }, shape: [22, 1]))
    set = rows.map { sample, random in
      Sample(sample.input * Double(random.next(from: 0.9, to: 1.1)), sample.target)
    }
  }

  /// Trains on, and dies at a step; gives the digest of all parameters.
  func run(_ folder: String, epochs: Int = 4, dyingAt fatal: Int? = nil) throws -> String {
    var options = FitOptions(epochs: epochs, batchSize: 4, checkpoints: Checkpoints(folder))
    (options.stepsBetweenCheckpoints, options.showsProgress) = (3, false)
    try trainer.fit(model, on: set, options: options) { batch in
      if trainer.stepCount == fatal { kill(getpid(), SIGKILL) }
      return (model(batch.input) - batch.target).squared().mean()
    }
    return model.fingerprint()
  }
}

/// The test library blocks the signal in the threads that run tests, or ignores it.
private func allowInterruption() {
  signal(SIGINT, SIG_DFL)
  var mask = sigset_t()
  sigemptyset(&mask)
  sigaddset(&mask, SIGINT)
  pthread_sigmask(SIG_UNBLOCK, &mask, nil)
}

@Suite(.serialized) struct CheckpointTests {
  private static let seeds: [UInt64] =
    getenv("TANDEM_DEEP") == nil ? [1, 2] : (1...30).map { UInt64($0) }

  @Test("killed at a random step, resumed in a new process: the same final bits", arguments: seeds)
  func killed(seed: UInt64) async throws {
    print("seed \(seed)")
    let folder = TemporaryFolder()
    let (broken, whole) = (folder.path + "/broken", folder.path + "/whole")
    var random = SplitMix(seed: seed)
    var fatal = 1 + random.below(8)
    while fatal < 24 {
      let step = fatal
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [broken = broken as String, step = step as Int, seed = seed as UInt64] in
        let job = Job(seed: seed)
        _ = try job.run(broken, dyingAt: step)
      }
      fatal += 4 + random.below(8)
    }
    await #expect(processExitsWith: .success) {
      [broken = broken as String, seed = seed as UInt64] in
      _ = try Job(seed: seed).run(broken)
    }
    await #expect(processExitsWith: .success) {
      [whole = whole as String, seed = seed as UInt64] in
      _ = try Job(seed: seed).run(whole)
    }
    let left = try SafetensorsFile(reading: broken + "/step-000000000024.safetensors")
    let right = try SafetensorsFile(reading: whole + "/step-000000000024.safetensors")
    #expect(left.metadata == right.metadata && left.entries == right.entries)
    #expect(left.metadata["step"] == "24")
    #expect(left.entries.count == 4 + 8 + 8)
  }

  @Test(
    "two are kept; torn and changed ones are passed over, and said so", arguments: [3] as [UInt64])
  func torn(seed: UInt64) throws {
    let folder = TemporaryFolder()
    let job = Job(seed: seed)
    _ = try job.run(folder.path + "/c", epochs: 2)
    let files = ["/step-000000000009.safetensors", "/step-000000000012.safetensors"]
    let names = files.map { folder.path + "/c" + $0 }
    #expect(names.allSatisfy { access($0, F_OK) == 0 })
    #expect(access(folder.path + "/c/step-000000000006.safetensors", F_OK) != 0)
    let checkpoints = Checkpoints(folder.path + "/c")
    #expect(try checkpoints.resume(job.trainer, job.model)?.step == 12)

    let bytes = try read(names[1])
    var random = SplitMix(seed: seed)
    for round in 0..<40 {
      var changed = bytes
      if round % 2 == 0 {
        changed.removeLast(1 + random.below(bytes.count - 1))
      } else {
        changed[random.below(changed.count)] ^= UInt8(1 + random.below(255))
      }
      folder.write(changed, "c" + files[1])
      let fresh = Job(seed: 77)
      let found = try #require(try checkpoints.resume(fresh.trainer, fresh.model))
      #expect(found.step == 9 && found.refused.count == 1, "\(round)")
      #expect(found.refused.first?.contains(names[1]) == true, "\(found.refused)")
      #expect(fresh.trainer.stepCount == 9)
    }
    folder.write([], "c" + files[0])
    #expect {
      try checkpoints.resume(job.trainer, job.model)
    } throws: { "\($0)".hasPrefix("checkpoint: none is whole: ") }
    #expect(try Checkpoints(folder.path + "/d").resume(job.trainer, job.model) == nil)
  }

  private func read(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }

  @Test("another model or optimizer is refused and nothing is changed")
  func unfit() throws {
    let folder = TemporaryFolder()
    let job = Job(seed: 1)
    _ = try job.run(folder.path, epochs: 1)
    let other = Sequential {
      Dense(16, inputs: 4)
      Dense(2)
    }
    let trainer = Trainer(other, optimizer: Adam())
    _ = other(NDArray.ones([1, 4]))
    let before = other.fingerprint()
    #expect {
      try Checkpoints(folder.path).resume(trainer, other)
    } throws: { "\($0)".hasPrefix("checkpoint: misses model.1.weight: ") }
    #expect(other.fingerprint() == before && trainer.stepCount == 0)
    let simple = Trainer(job.model, optimizer: SGD(learningRate: 1))
    #expect {
      try Checkpoints(folder.path).resume(simple, job.model)
    } throws: { "\($0)".hasPrefix("checkpoint: of the optimizer adam, not sgd: ") }
  }

  @Test("Ctrl-C: the step is finished and saved; a second one ends the process at once")
  func interruption() async throws {
    let folder = TemporaryFolder()
    let path = folder.path
    let first = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      [path = path as String] in
      allowInterruption()
      let job = Job(seed: 1)
      var options = FitOptions(epochs: 3, batchSize: 4, checkpoints: Checkpoints(path))
      options.showsProgress = false
      let outcome = try job.trainer.fit(job.model, on: job.set, options: options) { batch in
        if job.trainer.stepCount == 8 { raise(SIGINT) }
        return job.model(batch.input).mean()
      }
      guard outcome == .interrupted, job.trainer.stepCount == 9 else { exit(3) }
      let again = Job(seed: 5)
      guard try Checkpoints(path).resume(again.trainer, again.model)?.step == 9 else { exit(4) }
    }
    let errors = String(decoding: try #require(first).standardErrorContent, as: UTF8.self)
    #expect(errors.contains("tandem: finishing this step; once more"), "\(errors)")
    await #expect(processExitsWith: .signal(SIGINT)) {
      allowInterruption()
      Interruption.watch()
      raise(SIGINT)
      guard Interruption.isRequested else { exit(3) }
      raise(SIGINT)
    }
  }
}
