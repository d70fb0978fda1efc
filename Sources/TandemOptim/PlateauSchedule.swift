/// Lowers a number, mostly the learning rate, when a metric has stopped to improve; PyTorch's
/// `ReduceLROnPlateau`. A value that can be saved.
///
///     var schedule = PlateauSchedule(from: 0.1)
///     optimizer.learningRate.number = schedule.update(validationLoss)
public struct PlateauSchedule: Hashable, Codable, Sendable {
  /// What an improvement is.
  public enum Goal: Hashable, Codable, Sendable {
    case smaller, larger
  }

  /// The number as it is now.
  public private(set) var number: Double
  /// The best metric so far.
  public private(set) var best: Double?
  /// How many updates in a row were no improvement.
  public private(set) var waited = 0
  /// How many updates are still not looked at.
  public private(set) var cooling = 0

  /// What the number is multiplied with.
  public var factor: Double
  /// How many updates without an improvement are borne.
  public var patience: Int
  /// How much of the best metric an improvement must be.
  public var threshold: Double
  /// How many updates after a change are not looked at.
  public var cooldown: Int
  /// The least number.
  public var least: Double
  private let goal: Goal

  /// - Parameters:
  ///   - start: the first number.
  ///   - goal: which metrics are better.
  ///   - factor: what the number is multiplied with; from 0 to below 1.
  ///   - patience: how many updates without an improvement are borne.
  public init(
    from start: Double, _ goal: Goal = .smaller, factor: Double = 0.1, patience: Int = 10,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requireFractions("PlateauSchedule", ["factor": factor], at: CallSite(file, line))
    (number, self.goal, self.factor, self.patience) = (start, goal, factor, patience)
    (threshold, cooldown, least) = (1e-4, 0, 0)
  }

  /// Takes in a metric; the number from now on.
  public mutating func update(_ metric: Double) -> Double {
    if isBetter(metric) {
      (best, waited) = (metric, 0)
    } else {
      waited += 1
    }
    if cooling > 0 { (cooling, waited) = (cooling - 1, 0) }
    if waited > patience {
      let next = max(number * factor, least)
      if number - next > 1e-8 { number = next }
      (cooling, waited) = (cooldown, 0)
    }
    return number
  }

  private func isBetter(_ metric: Double) -> Bool {
    guard let best else { return !metric.isNaN }
    return goal == .smaller ? metric < best * (1 - threshold) : metric > best * (1 + threshold)
  }
}
