/// How often each class was taken for each other one.
public struct ConfusionMatrix: PairMetric, SummingMetric {
  /// The counts, `[true class, predicted class]`, int64.
  public var sums: [NDArray]
  /// How many classes there are.
  public let classes: Int
  /// Of two classes with one score for each sample: above it is class 1.
  public let threshold: Double

  /// - Parameters:
  ///   - classes: how many there are.
  ///   - threshold: of two classes with one score for each sample: above it is class 1.
  public init(
    classes: Int, threshold: Double = 0.5, file: StaticString = #fileID, line: UInt = #line
  ) {
    if classes < 2 {
      fail("confusionMatrix: needs two classes at least, got \(classes)", at: CallSite(file, line))
    }
    (self.classes, self.threshold) = (classes, threshold)
    sums = [sum([classes, classes], .int64)]
  }

  /// Counts a batch; does not wait for it. Labels that are not classes are left out.
  ///
  /// - Parameters:
  ///   - predictions: scores `[..., classes]`, classes `[...]` (integers), or, of two classes,
  ///     scores `[...]`.
  ///   - labels: `[...]`, integers.
  public mutating func update(
    _ predictions: NDArray, _ labels: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    let types = "\(predictions.type), \(labels.type)"
    let isPlain = predictions.shape == labels.shape
    let isScores = predictions.shape.array == labels.shape.array + [classes]
    guard isPlain || isScores, !isPlain || predictions.dtype.isInteger || classes == 2 else {
      fail(
        "confusionMatrix: needs [..., \(classes)] and [...]: \(types)", at: CallSite(file, line))
    }
    guard labels.dtype.isInteger || labels.dtype == .bool else {
      fail("confusionMatrix: labels need integers: \(types)", at: CallSite(file, line))
    }
    let predicted =
      isScores
      ? predictions.detached().argMax(axis: -1)
      : predictions.dtype.isFloatingPoint ? predictions.detached() .> threshold : predictions
    let (row, column) = (labels.cast(to: .int64), predicted.cast(to: .int64))
    let isKnown = (row .>= 0).logicalAnd(row .< classes)
    let place = NDArray.where(isKnown, row * classes + column, classes * classes)
      .reshaped([labels.count])
    let counts = NDArray.zeros([classes * classes + 1], dtype: .int64)
      .scatter(NDArray.ones([labels.count], dtype: .int64), rows: place, axis: 0, by: .add)
    sums[0] += counts[..<(classes * classes)].reshaped([classes, classes])
  }

  /// The counts, `[true class][predicted class]`. Waits.
  public var counts: [[Int]] {
    let flat = sums[0].scalars(as: Int.self)
    return (0..<classes).map { Array(flat[($0 * classes)..<(($0 + 1) * classes)]) }
  }

  /// The share of predictions that are right. Waits.
  public var value: Double {
    let counts = counts
    return Double(classIndices.reduce(0) { $0 + counts[$1][$1] }) / Double(total(counts))
  }

  private var classIndices: Range<Int> { 0..<classes }

  private func total(_ counts: [[Int]]) -> Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// A score of hits, false alarms and misses, of each class or of all together.
  func score(
    _ average: ClassAverage,
    _ formula: (_ hits: Double, _ alarms: Double, _ misses: Double) -> Double
  ) -> Double {
    let counts = counts
    let parts = classIndices.map { index in
      let hits = counts[index][index]
      let said = classIndices.reduce(0) { $0 + counts[$1][index] }
      let are = counts[index].reduce(0, +)
      return (hits: Double(hits), alarms: Double(said - hits), misses: Double(are - hits))
    }
    func score(_ part: (hits: Double, alarms: Double, misses: Double)) -> Double {
      let score = formula(part.hits, part.alarms, part.misses)
      return score.isNaN ? 0 : score
    }
    switch average {
    case .binary: return score(parts[1])
    case .macro: return parts.map(score).reduce(0, +) / Double(classes)
    case .micro:
      return score(
        parts.reduce((hits: 0, alarms: 0, misses: 0)) {
          ($0.hits + $1.hits, $0.alarms + $1.alarms, $0.misses + $1.misses)
        })
    case .weighted:
      let weights = parts.map { $0.hits + $0.misses }
      return zip(parts, weights).reduce(0) { $0 + score($1.0) * $1.1 } / weights.reduce(0, +)
    }
  }

  /// The correlation of predicted and true classes.
  var correlation: Double {
    let counts = counts
    let hits = Double(classIndices.reduce(0) { $0 + counts[$1][$1] })
    let total = Double(total(counts))
    let are = counts.map { Double($0.reduce(0, +)) }
    let said = classIndices.map { column in
      Double(classIndices.reduce(0) { $0 + counts[$1][column] })
    }
    let both = zip(are, said).reduce(0) { $0 + $1.0 * $1.1 }
    let (a, b) = (said.reduce(0) { $0 + $1 * $1 }, are.reduce(0) { $0 + $1 * $1 })
    let product = (total * total - a) * (total * total - b)
    return product > 0 ? (hits * total - both) / product.squareRoot() : 0
  }
}

/// How the scores of classes become one.
public enum ClassAverage: Hashable, Sendable {
  /// That of class 1.
  case binary
  /// The plain mean over classes.
  case macro
  /// That of all classes counted together.
  case micro
  /// The mean over classes, each weighted with how many samples it has.
  case weighted
}

/// A metric that a ``ConfusionMatrix`` decides.
public protocol ConfusionMetric: PairMetric {
  /// The counts.
  var matrix: ConfusionMatrix { get set }
}

extension ConfusionMetric {
  public var state: [NDArray] { matrix.state }
  public mutating func merge(state: [NDArray]) { matrix.merge(state: state) }
  public mutating func reset() { matrix.reset() }

  /// Counts a batch; does not wait for it. See
  /// ``ConfusionMatrix/update(_:_:file:line:)`` for what predictions may be.
  public mutating func update(
    _ predictions: NDArray, _ labels: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) { matrix.update(predictions, labels, file: file, line: line) }
}
