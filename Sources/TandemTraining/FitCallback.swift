import TandemArray
import TandemOptim

/// What a loop tells its callbacks, and what they may ask of it.
public struct FitState {
  /// The trainer; its optimizer's numbers may be changed.
  public let trainer: Trainer
  /// The epoch, from one.
  public internal(set) var epoch = 1
  /// The mean loss of the epoch that has ended; NaN before the first.
  public internal(set) var loss = Double.nan
  /// What the validation gave at the end of the epoch; `nil` without one.
  public internal(set) var validation: Double?
  /// Set to end the training after this step.
  public var shouldStop = false
}

/// What happens beside the steps of ``Trainer/fit(_:on:options:callbacks:validation:loss:)``.
public protocol FitCallback: AnyObject {
  /// Called before each step.
  func stepBegins(_ state: inout FitState)

  /// Called after the validation of each epoch.
  func epochEnded(_ state: inout FitState)
}

extension FitCallback {
  /// Does nothing.
  public func stepBegins(_ state: inout FitState) {}
  /// Does nothing.
  public func epochEnded(_ state: inout FitState) {}
}

/// Sets the learning rate before each step.
public final class ScheduledRate: FitCallback {
  private let schedule: Schedule

  /// - Parameter schedule: of steps, counted from zero over the whole training.
  public init(_ schedule: Schedule) { self.schedule = schedule }

  public func stepBegins(_ state: inout FitState) {
    state.trainer.optimizer.learningRate.number = schedule(state.trainer.stepCount)
  }
}

/// Ends the training when the validation has not become better for some epochs.
public final class EarlyStopping: FitCallback {
  private let patience: Int
  private let smallest: Double
  private let isLowBetter: Bool
  /// The best validation so far.
  public private(set) var best: Double?
  private var waited = 0

  /// - Parameters:
  ///   - patience: how many epochs may pass without a better one.
  ///   - smallest: by how much better counts.
  ///   - isLowBetter: true for losses, false for accuracies.
  public init(patience: Int, smallest: Double = 0, isLowBetter: Bool = true) {
    (self.patience, self.smallest, self.isLowBetter) = (patience, smallest, isLowBetter)
  }

  public func epochEnded(_ state: inout FitState) {
    guard let now = state.validation else { return }
    let gain = best.map { isLowBetter ? $0 - now : now - $0 } ?? .infinity
    if gain > smallest {
      (best, waited) = (now, 0)
    } else {
      waited += 1
      if waited >= patience { state.shouldStop = true }
    }
  }
}

/// Hands one line about each epoch to a function: `epoch 3: loss 0.214, validation 0.981`.
public final class EpochLog: FitCallback {
  private let write: (String) -> Void

  /// - Parameter write: gets the lines; printed unless given.
  public init(_ write: @escaping (String) -> Void = { print($0) }) { self.write = write }

  public func epochEnded(_ state: inout FitState) {
    func text(_ value: Double) -> String { "\((value * 10000).rounded() / 10000)" }
    let validation = state.validation.map { ", validation \(text($0))" } ?? ""
    write("epoch \(state.epoch): loss \(text(state.loss))\(validation)")
  }
}
