/// Limited-memory BFGS: steps along a direction that the last gradients and steps suggest, each as
/// long as a line search finds; for smooth losses of whole data sets.
///
///     let rule = LBFGS()
///     for _ in 0..<20 { print(rule.step(model) { lossOf(model) }) }
///
/// It computes the loss several times in one step, so it has a form of its own, and it waits: it
/// cannot be compiled as a whole. Compile the loss instead.
///
/// - Reference: Liu and Nocedal, *On the limited memory BFGS method for large scale optimization*,
///   1989; Nocedal and Wright, *Numerical Optimization*, algorithms 3.5, 3.6 and 7.4.
public final class LBFGS {
  /// The longest step along a direction that is tried first.
  public var learningRate: Double
  /// How many pairs of steps and differences of gradients are kept.
  public let historyCount: Int
  /// How many directions one call of ``step(_:file:line:_:)`` goes along.
  public let iterationsMax: Int
  /// Whether the length of a step is searched for, so that it satisfies the strong Wolfe
  /// conditions.
  public let searchesLine: Bool

  private var pairs: [(step: Flat, change: Flat)] = []
  private var scale = 1.0
  private var last: (gradient: Flat, direction: Flat)?

  /// - Parameters:
  ///   - learningRate: how long the first try of a step is; must be positive.
  ///   - historyCount: how many pairs are kept.
  ///   - iterationsMax: how many directions one call goes along.
  ///   - searchesLine: whether the length of a step is searched for.
  public init(
    learningRate: Double = 1, historyCount: Int = 100, iterationsMax: Int = 20,
    searchesLine: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      "LBFGS",
      [
        "learningRate": learningRate, "historyCount": Double(historyCount),
        "iterationsMax": Double(iterationsMax),
      ], at: CallSite(file, line))
    (self.learningRate, self.historyCount) = (learningRate, historyCount)
    (self.iterationsMax, self.searchesLine) = (iterationsMax, searchesLine)
  }

  /// Changes the trainable parameters of a model so that a loss gets smaller.
  ///
  /// - Parameter loss: gives a float array of one element; is called several times.
  /// - Returns: the loss before the step.
  @discardableResult
  public func step(
    _ model: some Any, file: StaticString = #fileID, line: UInt = #line, _ loss: () -> NDArray
  ) -> Double {
    let parameters = bindParameters(of: model).map(\.parameter).filter(\.isTrainable)
    func evaluate() -> (loss: Double, gradient: Flat) {
      let result = valueAndGradient(of: model, file: file, line: line, loss)
      let gradients = parameters.map { parameter in
        result.gradients[parameter] ?? .zeros(like: parameter.value)
      }
      return (result.value.item(), Flat(gradients))
    }
    var (value, gradient) = evaluate()
    let first = value
    for _ in 0..<iterationsMax {
      if gradient.largest <= 1e-7 { break }
      let isFirst = last == nil
      let direction = direction(for: gradient)
      let slope = gradient.dot(direction)
      if slope > -1e-9 { break }
      let start = parameters.map { $0.value.detached() }
      let guess = isFirst ? min(1, 1 / gradient.size) * learningRate : learningRate
      func move(_ length: Double) -> (loss: Double, gradient: Flat) {
        Flat.move(parameters, from: start, direction, length)
        return evaluate()
      }
      let (length, next) =
        searchesLine
        ? WolfeSearch(value, slope).length(from: guess, direction, move) : (guess, move(guess))
      last = (gradient, direction * length)
      let isSmall = (direction * length).largest <= 1e-9 || abs(next.loss - value) < 1e-9
      (value, gradient) = next
      if isSmall { break }
    }
    return first
  }

  /// Against the gradient, bent by what the last steps have shown of the curvature.
  private func direction(for gradient: Flat) -> Flat {
    if let last {
      let change = gradient - last.gradient
      let product = change.dot(last.direction)
      if product > 1e-10 {
        if pairs.count == historyCount { pairs.removeFirst() }
        pairs.append((last.direction, change))
        scale = product / change.dot(change)
      }
    }
    var result = gradient * -1
    var weights: [Double] = []
    for (step, change) in pairs.reversed() {
      let weight = step.dot(result) / step.dot(change)
      result = result + change * -weight
      weights.append(weight)
    }
    result = result * scale
    for ((step, change), weight) in zip(pairs, weights.reversed()) {
      let other = change.dot(result) / step.dot(change)
      result = result + step * (weight - other)
    }
    return result
  }
}

/// Arrays of all parameters as one vector; products are summed in float64.
struct Flat {
  let arrays: [NDArray]

  init(_ arrays: [NDArray]) { self.arrays = arrays }

  /// The inner product. Waits.
  func dot(_ other: Flat) -> Double {
    zip(arrays, other.arrays)
      .map { ($0.cast(to: .float64) * $1.cast(to: .float64)).sum() }
      .reduce(0) { $0 + $1.item() }
  }

  /// The sum of absolute values. Waits.
  var size: Double { arrays.map { $0.abs().sum() }.reduce(0) { $0 + $1.item() } }

  /// The largest absolute value. Waits.
  var largest: Double { arrays.map { $0.abs().max() }.map { $0.item() }.max() ?? 0 }

  static func + (a: Flat, b: Flat) -> Flat { Flat(zip(a.arrays, b.arrays).map { $0 + $1 }) }
  static func - (a: Flat, b: Flat) -> Flat { Flat(zip(a.arrays, b.arrays).map { $0 - $1 }) }
  static func * (a: Flat, b: Double) -> Flat { Flat(a.arrays.map { $0 * b }) }

  /// Sets parameters to points on a line.
  static func move(
    _ parameters: [Parameter], from start: [NDArray], _ direction: Flat, _ length: Double
  ) {
    for ((parameter, value), step) in zip(zip(parameters, start), direction.arrays) {
      parameter.value = value + step * length
    }
  }
}
