/// A mean of a model's parameters over the steps of training, beside them.
///
///     let average = WeightAverage(of: model, .exponential(decay: 0.999))
///     …
///     trainer.step()
///     average.update()
///     …
///     let accuracy = average.applied { evaluate(model) }
///
/// The means start as the parameters at the first ``update()`` and are kept in float32 at least.
/// They are state cells: a compiled step that lists the average updates it, too.
///
/// - Reference: Polyak and Juditsky, *Acceleration of stochastic approximation by averaging*, 1992;
///   Izmailov et al., *Averaging Weights Leads to Wider Optima and Better Generalization*,
///   arXiv:1803.05407.
public struct WeightAverage: Sendable {
  /// Which mean.
  public enum Rule: Hashable, Sendable {
    /// An exponential moving average (EMA): `mean = decay · mean + (1 − decay) · p`.
    case exponential(decay: Double)
    /// The same with `min(decay, (1 + t) / (10 + t))`, which forgets the first steps sooner.
    case warmingUp(decay: Double)
    /// The mean of all that was taken in, each with the same weight (SWA).
    case equal
  }

  /// Which mean it is.
  public let rule: Rule
  /// How often parameters were taken in.
  public let count = StateCell.exact("averageCount", 0)
  /// The means, by the names of the parameters: `0.weight.average`.
  public let memory = OptimizerMemory(["average"]) { [$0.cast(to: $0.dtype.accumulating) + 0] }
  private let parameters: [Parameter]

  /// - Parameters:
  ///   - model: whose parameters are averaged.
  ///   - rule: which mean.
  public init(
    of model: some Any, _ rule: Rule = .exponential(decay: 0.999), file: StaticString = #fileID,
    line: UInt = #line
  ) {
    switch rule {
    case .exponential(let decay), .warmingUp(let decay):
      requireFractions("WeightAverage", ["decay": decay], at: CallSite(file, line))
    case .equal: break
    }
    self.rule = rule
    parameters = bindParameters(of: model).map(\.parameter)
  }

  /// Takes in the parameters as they are now. Does not wait.
  public func update() {
    let (fresh, isFirst) = (part, count.value .== 0)
    count.value = count.value + 1
    for parameter in parameters {
      let cell = memory.cells(of: parameter)[0]
      let value = withoutRecording { parameter.value }
      cell.update { mean in
        let value = value.cast(to: mean.dtype)
        let next = mean + fresh.cast(to: mean.dtype) * (value - mean)
        mean = NDArray.where(isFirst, value, next)
      }
    }
  }

  /// How much of the parameters joins the means now.
  private var part: NDArray {
    let count = count.value
    return switch rule {
    case .exponential(let decay): NDArray(1 - decay, dtype: .float64)
    case .warmingUp(let decay): 1 - ((1 + count) / (10 + count)).minimum(decay)
    case .equal: 1 / (1 + count)
    }
  }

  /// Exchanges the parameters and their means; a second call undoes it.
  public func swap() {
    for parameter in parameters {
      let cell = memory.cells(of: parameter)[0]
      let value = withoutRecording { parameter.value }
      parameter.value = cell.value.cast(to: value.dtype)
      cell.value = value.cast(to: cell.value.dtype)
    }
  }

  /// Runs `body` with the means in place of the parameters.
  public func applied<T, E: Error>(_ body: () throws(E) -> T) throws(E) -> T {
    swap()
    defer { swap() }
    return try body()
  }
}
