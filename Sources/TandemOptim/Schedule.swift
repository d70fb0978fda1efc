import Glibc

/// How a number, mostly the learning rate, changes from step to step, as data.
///
///     optimizer.learningRate.number = schedule(trainer.stepCount)
///
/// A changed state cell takes effect at the next step and compiles nothing anew.
public indirect enum Schedule: Hashable, Sendable {
  /// The same number at every step.
  case constant(Double)
  /// Multiplied by `factor` after every `interval` steps.
  case step(from: Double, factor: Double, interval: Int)
  /// Half a cosine from one number to another in `steps` steps, then the latter.
  ///
  /// - Reference: Loshchilov and Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*,
  ///   arXiv:1608.03983.
  case cosine(from: Double, to: Double, steps: Int)
  /// A straight line from one number to another in `steps` steps, then the latter.
  case linear(from: Double, to: Double, steps: Int)
  /// For `steps` steps a straight line from zero to where another schedule begins, then that one.
  case warmUp(steps: Int, then: Schedule)

  /// The number for a step, counted from zero.
  public func callAsFunction(_ step: Int) -> Double {
    switch self {
    case .constant(let number): return number
    case .step(let start, let factor, let interval):
      return start * pow(factor, Double(step / max(interval, 1)))
    case .cosine(let start, let end, let steps):
      let part = Schedule.part(step, of: steps)
      return end + (start - end) * (1 + cos(Double.pi * part)) / 2
    case .linear(let start, let end, let steps):
      return start + (end - start) * Schedule.part(step, of: steps)
    case .warmUp(let steps, let next):
      return step < steps ? next(0) * Double(step + 1) / Double(steps) : next(step - steps)
    }
  }

  private static func part(_ step: Int, of steps: Int) -> Double {
    steps > 0 ? min(Double(step) / Double(steps), 1) : 1
  }
}
