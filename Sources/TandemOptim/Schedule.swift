import Glibc

/// How a number, mostly the learning rate, changes from step to step, as data.
///
///     optimizer.learningRate.number = schedule(trainer.stepCount)
///
/// A changed state cell takes effect at the next step and compiles nothing anew.
public indirect enum Schedule: Hashable, Codable, Sendable {
  /// The same number at every step.
  case constant(Double)
  /// Multiplied by `factor` after every `interval` steps.
  case step(from: Double, factor: Double, interval: Int)
  /// Multiplied by `factor` at each of these steps, which ascend.
  case multiStep(from: Double, factor: Double, at: [Int])
  /// Multiplied by `factor` in the course of every `interval` steps, a little at each.
  case exponential(from: Double, factor: Double, interval: Int)
  /// Half a cosine from one number to another in `steps` steps, then the latter.
  ///
  /// - Reference: Loshchilov and Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*,
  ///   arXiv:1608.03983.
  case cosine(from: Double, to: Double, steps: Int)
  /// The same again and again, each time in `growth` times as many steps.
  case warmRestarts(from: Double, to: Double, steps: Int, growth: Int)
  /// A straight line from one number to another in `steps` steps, then the latter.
  case linear(from: Double, to: Double, steps: Int)
  /// `to + (from − to) · (1 − step / steps)^power`, then `to`.
  case polynomial(from: Double, to: Double, steps: Int, power: Double)
  /// `from` until a step, then less with the root of the steps: `from · sqrt(steps / step)`.
  ///
  /// - Reference: Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762.
  case inverseSquareRoot(from: Double, steps: Int)
  /// Up to a peak and down again, once.
  case oneCycle(OneCycle)
  /// Up and down again and again.
  case cyclic(Cycle)
  /// One number up to each of these steps, and a last one: one number more than steps.
  case piecewise([Double], until: [Int])
  /// Numbers at steps, which ascend, and straight lines between them; before and after them the
  /// first and the last.
  case interpolated([Double], at: [Int])
  /// For `steps` steps a straight line from zero to where another schedule begins, then that one.
  case warmUp(steps: Int, then: Schedule)
  /// For so many steps a schedule, then another, which counts from zero.
  case followed(Schedule, steps: Int, then: Schedule)
  /// One schedule times another.
  case product(Schedule, Schedule)
  /// Up a cosine, and down another: Smith's one cycle, with cosines.
  ///
  /// - Reference: Smith and Topin, *Super-Convergence: Very Fast Training of Neural Networks Using
  ///   Large Learning Rates*, arXiv:1708.07120.
  public struct OneCycle: Hashable, Codable, Sendable {
    /// The largest number.
    public var peak: Double
    /// How many steps there are in all.
    public var steps: Int
    /// Which part of them go up.
    public var rising: Double
    /// The first number is this part of the peak.
    public var first: Double
    /// The last number is this part of the first.
    public var last: Double
    /// Whether lines are straight, not cosines.
    public var isLinear: Bool

    public init(
      peak: Double, steps: Int, rising: Double = 0.3, first: Double = 1 / 25,
      last: Double = 1e-4, isLinear: Bool = false
    ) {
      (self.peak, self.steps, self.rising) = (peak, steps, rising)
      (self.first, self.last, self.isLinear) = (first, last, isLinear)
    }
  }

  /// Straight up and down between two numbers.
  ///
  /// - Reference: Smith, *Cyclical Learning Rates for Training Neural Networks*, arXiv:1506.01186.
  public struct Cycle: Hashable, Codable, Sendable {
    /// The smallest number.
    public var low: Double
    /// The largest number.
    public var high: Double
    /// How many steps go up.
    public var rising: Int
    /// How many steps go down.
    public var falling: Int
    /// The height of each cycle is this part of that of the one before.
    public var cycleFactor: Double
    /// The height is multiplied by this with each step.
    public var stepFactor: Double

    public init(
      low: Double, high: Double, rising: Int = 2000, falling: Int? = nil, cycleFactor: Double = 1,
      stepFactor: Double = 1
    ) {
      (self.low, self.high, self.rising) = (low, high, rising)
      (self.falling, self.cycleFactor, self.stepFactor) = (
        falling ?? rising, cycleFactor, stepFactor
      )
    }
  }
}

extension Schedule {
  /// How a warm-up gets to where a schedule begins.
  public enum WarmUpMode: Hashable, Codable, Sendable {
    /// In a straight line.
    case linear
    /// With a jump at the end.
    case constant
    /// By a factor that is the same from step to step; from a positive number.
    case exponential
  }

  /// For `steps` steps from `start` to where another schedule begins, then that one, which counts
  /// from zero; MXNet's `warmup_begin_lr` and `warmup_mode`.
  public static func warmUp(
    from start: Double, steps: Int, _ mode: WarmUpMode = .linear, then next: Schedule
  ) -> Schedule {
    let rise: Schedule =
      switch mode {
      case .linear: .linear(from: start, to: next(0), steps: steps)
      case .constant: .constant(start)
      case .exponential: .exponential(from: start, factor: next(0) / start, interval: steps)
      }
    return .followed(rise, steps: steps, then: next)
  }

  /// Schedules one after another, each counting from zero; PyTorch's `SequentialLR`, Optax's
  /// `join_schedules`.
  ///
  /// - Parameter starts: the step at which each but the first begins; they ascend.
  public static func sequence(_ schedules: [Schedule], at starts: [Int]) -> Schedule {
    guard schedules.count == starts.count + 1, let last = schedules.last else {
      fail(
        "schedule: \(schedules.count) schedules need one start less, got \(starts)", at: .unknown)
    }
    return starts.indices.reversed().reduce(last) { next, index in
      let begin = index == 0 ? 0 : starts[index - 1]
      return .followed(schedules[index], steps: starts[index] - begin, then: next)
    }
  }

  /// The number for a step, counted from zero.
  public func callAsFunction(_ step: Int) -> Double {
    let time = Double(step)
    switch self {
    case .constant(let number): return number
    case .step(let start, let factor, let interval):
      return start * pow(factor, Double(step / max(interval, 1)))
    case .multiStep(let start, let factor, let steps):
      return start * pow(factor, Double(steps.count { $0 <= step }))
    case .exponential(let start, let factor, let interval):
      return start * pow(factor, time / Double(max(interval, 1)))
    case .cosine(let start, let end, let steps):
      return Schedule.cosine(start, end, Schedule.part(step, of: steps))
    case .warmRestarts(let start, let end, let steps, let growth):
      let (place, length) = Schedule.restarted(step, max(steps, 1), max(growth, 1))
      return Schedule.cosine(start, end, Double(place) / Double(length))
    case .linear(let start, let end, let steps):
      return start + (end - start) * Schedule.part(step, of: steps)
    case .polynomial(let start, let end, let steps, let power):
      return end + (start - end) * pow(1 - Schedule.part(step, of: steps), power)
    case .inverseSquareRoot(let start, let steps):
      return start * (Double(max(steps, 1)) / Double(max(step, steps, 1))).squareRoot()
    case .oneCycle(let cycle): return cycle(time)
    case .cyclic(let cycle): return cycle(step)
    case .piecewise(let numbers, let steps):
      return numbers[min(steps.count { $0 <= step }, numbers.count - 1)]
    case .interpolated(let numbers, let steps):
      return Schedule.interpolated(numbers, steps, time)
    case .warmUp(let steps, let next):
      return step < steps ? next(0) * Double(step + 1) / Double(steps) : next(step - steps)
    case .followed(let first, let steps, let next):
      return step < steps ? first(step) : next(step - steps)
    case .product(let a, let b): return a(step) * b(step)
    }
  }

  private static func part(_ step: Int, of steps: Int) -> Double {
    steps > 0 ? min(Double(step) / Double(steps), 1) : 1
  }

  fileprivate static func cosine(_ start: Double, _ end: Double, _ part: Double) -> Double {
    end + (start - end) * (1 + cos(Double.pi * part)) / 2
  }

  /// The step within its cycle and the cycle's length.
  private static func restarted(_ step: Int, _ steps: Int, _ growth: Int) -> (Int, Int) {
    if growth == 1 { return (step % steps, steps) }
    var (place, length) = (step, steps)
    while place >= length { (place, length) = (place - length, length * growth) }
    return (place, length)
  }

  private static func interpolated(_ numbers: [Double], _ steps: [Int], _ time: Double) -> Double {
    guard let next = steps.firstIndex(where: { Double($0) > time }) else {
      return numbers.last ?? .nan
    }
    if next == 0 { return numbers[0] }
    let (a, b) = (Double(steps[next - 1]), Double(steps[next]))
    return numbers[next - 1] + (numbers[next] - numbers[next - 1]) * (time - a) / (b - a)
  }
}

extension Schedule.OneCycle {
  fileprivate func callAsFunction(_ step: Double) -> Double {
    let top = rising * Double(steps) - 1
    let (start, end) = (peak * first, peak * first * last)
    let line = { (from: Double, to: Double, part: Double) in
      let part = min(max(part, 0), 1)
      return isLinear ? from + (to - from) * part : Schedule.cosine(from, to, part)
    }
    if step <= top { return line(start, peak, top > 0 ? step / top : 1) }
    return line(peak, end, (step - top) / max(Double(steps) - 1 - top, 1e-9))
  }
}

extension Schedule.Cycle {
  fileprivate func callAsFunction(_ step: Int) -> Double {
    let length = max(rising + falling, 1)
    let (cycle, place) = (step / length, step % length)
    let part =
      place <= rising
      ? Double(place) / Double(max(rising, 1)) : Double(length - place) / Double(max(falling, 1))
    return low + (high - low) * part * pow(cycleFactor, Double(cycle))
      * pow(stepFactor, Double(step))
  }
}
