/// Adam without the memory: of a matrix the mean squares of rows and of columns alone, and no mean
/// gradient. Steps are in the units of the parameter; weight decay acts on it.
///
/// With `ρ = min(learningRate, 1 / sqrt(t))` the step is `ρ · max(scaleMin, rms(p)) · u`, where `u`
/// is the gradient over the root of its mean square, cut to an `rms` of `clipping`.
///
/// - Reference: Shazeer and Stern, *Adafactor: Adaptive Learning Rates with Sublinear Memory Cost*,
///   arXiv:1804.04235.
public struct Adafactor: ComposedOptimizer {
  public static let name = "adafactor"
  public static let isElementwise = false

  public let numbers: [StateCell]
  public let memory = OptimizerMemory(["rowSquare", "columnSquare"]) { value in
    let shape = value.shape.array
    if shape.count < 2 { return [.zeros(like: value), .zeros([0], dtype: value.dtype)] }
    let outer = Array(shape.dropLast(2))
    return [outer + [shape[shape.count - 2], 1], outer + [1, shape[shape.count - 1]]]
      .map { .zeros(Shape($0), dtype: value.dtype) }
  }

  /// - Parameters:
  ///   - learningRate: the longest step in relation to the parameter; must not be negative.
  ///   - decayPower: the mean squares take in a part `t^decayPower` of what is new; negative.
  ///   - epsilon: the least mean square is its square; must be positive.
  ///   - scaleMin: the least size of a parameter; must be positive.
  ///   - clipping: the largest root mean square of a step before it is scaled.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1e-2, decayPower: Double = -0.8, epsilon: Double = 1.2e-7,
    scaleMin: Double = 1e-3, clipping: Double = 1, weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    if !(decayPower < 0) {
      fail("Adafactor: decayPower must be negative, got \(decayPower)", at: site)
    }
    numbers = StateCell.numbers(
      of: "Adafactor", ["learningRate": learningRate, "weightDecay": weightDecay],
      positive: ["epsilon": epsilon, "scaleMin": scaleMin, "clipping": clipping],
      counts: ["stepCount": 0, "decayPower": decayPower], at: site)
  }

  public func step(_ x: inout UpdateStep) {
    let count = x.exact("stepCount")
    let part = x.narrowed(count.power(x.exact("decayPower")))
    let rate = x.narrowed(x.exact("learningRate").minimum(1 / count.sqrt()))
    let scale = x["scaleMin"].maximum(x.value.squared().mean().sqrt()) * rate
    x.decay()
    let epsilon = x["epsilon"]
    let square = meanSquare(&x, part, epsilon).maximum(epsilon * epsilon)
    let step = square.rsqrt() * x.gradient
    let excess = (step.squared().mean().sqrt() / x["clipping"]).maximum(1)
    x.value -= scale / excess * step
  }

  /// The mean square of the gradient, of a matrix as the product of that of its rows and columns.
  private func meanSquare(_ x: inout UpdateStep, _ part: NDArray, _ epsilon: NDArray) -> NDArray {
    let square = x.gradient.squared()
    guard x.value.rank >= 2 else {
      x.states[0] += part * (square - x.states[0])
      return x.states[0]
    }
    x.states[0] += part * (square.mean(axis: -1, keepDims: true) - x.states[0])
    x.states[1] += part * (square.mean(axis: -2, keepDims: true) - x.states[1])
    let whole = x.states[0].mean(axis: -2, keepDims: true).maximum(epsilon)
    return x.states[0] * x.states[1] / whole
  }
}
