import Glibc
import TandemArray
import TandemData
import TandemShapes

/// How ``Trainer/fit(_:on:options:callbacks:validation:loss:)`` goes through the data.
public struct FitOptions: Sendable {
  /// How often the data is gone through.
  public var epochs = 1
  /// Items in a batch.
  public var batchSize = 32
  /// Whether the items come in random order.
  public var isShuffled = true
  /// What becomes of the items that do not fill a batch.
  public var last = LastBatch.keep
  /// How far is read ahead.
  public var loading = LoadingOptions()
  /// Where checkpoints are written, and read at the start; without it there are none.
  public var checkpoints: Checkpoints?
  /// Steps between checkpoints, beside those at the ends of epochs; 0 for none.
  public var stepsBetweenCheckpoints = 0
  /// Whether a progress bar is drawn on standard error.
  public var showsProgress = true

  /// What is not given stays as it is.
  public init(epochs: Int = 1, batchSize: Int = 32, checkpoints: Checkpoints? = nil) {
    (self.epochs, self.batchSize, self.checkpoints) = (epochs, batchSize, checkpoints)
  }
}

/// How a training ended.
public enum FitOutcome: Hashable, Sendable {
  /// All epochs are done.
  case finished
  /// A callback asked for the end.
  case stopped
  /// Ctrl-C; if there are checkpoints, the last one is of the last step.
  case interrupted
}

extension Trainer {
  /// A loop for those who do not write one: batches, loss, backward pass and step, validation after
  /// each epoch, checkpoints. What it does is written as users would write it, in this file.
  ///
  ///     try trainer.fit(model, on: mnist.train, options: FitOptions(epochs: 3, batchSize: 128)) {
  ///       softmaxCrossEntropy(model($0.images), $0.labels).mean()
  ///     }
  ///
  /// With checkpoints the training goes on where the newest whole one left off, with the bits that
  /// it would have had without the break. The first Ctrl-C ends it after the step, with
  /// a checkpoint; a second one ends the process at once.
  ///
  /// - Parameters:
  ///   - callbacks: called in this order.
  ///   - validation: a number about the model after each epoch; not recorded.
  ///   - loss: of a batch, one number; is recorded.
  /// - Throws: `CheckpointError`, `FormatError`: what is wrong with checkpoints; `DataSetError` if
  ///   an item cannot be read.
  @discardableResult
  public func fit<Set: DataSet>(
    _ model: some Layer, on set: Set, options: FitOptions, callbacks: [any FitCallback] = [],
    validation: (() -> Double)? = nil, loss: (Set.Item) -> NDArray
  ) throws -> FitOutcome {
    Interruption.watch()
    var state = FitState(trainer: self)
    var resumed = try options.checkpoints?.resume(self, model)
    state.epoch = resumed?.notes["epoch"].flatMap { Int($0) } ?? 1
    while state.epoch <= options.epochs {
      let batches: Batches<Set>
      if let position = resumed?.position {
        batches = try set.batches(resuming: position, loading: options.loading)
      } else {
        batches = set.batches(
          of: options.batchSize, shuffled: options.isShuffled, last: options.last,
          loading: options.loading)
      }
      resumed = nil
      let epoch = FitEpoch(trainer: self, model: model, batches: batches, options: options)
      let isInterrupted = try epoch.run(&state, callbacks, loss)
      if isInterrupted { return .interrupted }
      if state.shouldStop { return .stopped }
      state.validation = validation?()
      for callback in callbacks { callback.epochEnded(&state) }
      state.epoch += 1
      try options.checkpoints?.save(
        self, model, position: batches.nextPass, notes: ["epoch": "\(state.epoch)"])
      if state.shouldStop { return .stopped }
      if Interruption.isRequested { return .interrupted }
    }
    return .finished
  }
}

/// One pass of a fit.
private struct FitEpoch<Set: DataSet, Model: Layer> {
  let trainer: Trainer
  let model: Model
  let batches: Batches<Set>
  let options: FitOptions

  /// - Returns: whether it was interrupted.
  func run(
    _ state: inout FitState, _ callbacks: [any FitCallback], _ loss: (Set.Item) -> NDArray
  ) throws -> Bool {
    var sum = NDArray(0.0)
    var latest: NDArray?
    let bar = ProgressMeter(
      label: "epoch \(state.epoch)", total: batches.count,
      output: options.showsProgress ? .standardError : .silent)
    var iterator = batches.makeIterator()
    var done = 0
    while let batch = try iterator.checkedNext() {
      bar.advance { latest.map { "loss \(($0.item() * 10000).rounded() / 10000)" } }
      for callback in callbacks { callback.stepBegins(&state) }
      let value = record { loss(batch) }
      value.backward()
      trainer.step()
      latest = value.detached()
      sum = sum + value.detached()
      done += 1
      if state.shouldStop || Interruption.isRequested {
        try save(state, done)
        bar.finish()
        return Interruption.isRequested
      }
      let between = options.stepsBetweenCheckpoints
      if between > 0, trainer.stepCount % between == 0, done < batches.count {
        try save(state, done)
      }
    }
    state.loss = done > 0 ? sum.item() / Double(done) : .nan
    bar.finish()
    return false
  }

  private func save(_ state: FitState, _ done: Int) throws {
    try options.checkpoints?.save(
      trainer, model, position: batches.position(after: done),
      notes: ["epoch": "\(state.epoch)"])
  }
}
