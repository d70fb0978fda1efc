@_exported import TandemArray

/// What is measured over many batches, and by many workers: counts and sums that add up.
///
///     var accuracy = Accuracy()
///     for batch in batches { accuracy.update(model(batch.images), batch.labels) }
///     print(accuracy.value)
///
/// Updates are queued and wait for nothing; reading ``value`` waits. Those of other workers are
/// taken in with ``merge(_:)``, or their ``state``, which are arrays, with ``merge(state:)``: the
/// value is then that of all batches.
public protocol Metric: Sendable {
  /// All that has been gathered, as arrays.
  var state: [NDArray] { get }

  /// Takes in what another metric of this kind has gathered.
  mutating func merge(state: [NDArray])

  /// The number that is reported. Waits.
  var value: Double { get }

  /// Begins anew.
  mutating func reset()
}

extension Metric {
  /// Takes in what another metric has gathered, as on another worker.
  public mutating func merge(_ other: Self) { merge(state: other.state) }
}

/// A metric of predictions and targets.
public protocol PairMetric: Metric {
  /// Takes in a batch; does not wait.
  mutating func update(
    _ prediction: NDArray, _ target: NDArray, file: StaticString, line: UInt)
}

extension PairMetric {
  /// Takes in a batch; does not wait.
  public mutating func update(_ prediction: NDArray, _ target: NDArray) {
    update(prediction, target, file: #fileID, line: #line)
  }
}

/// A metric whose state is sums, which start at zero.
public protocol SummingMetric: Metric {
  /// The sums, each of its own shape; int64 or float64.
  var sums: [NDArray] { get set }
}

extension SummingMetric {
  public var state: [NDArray] { sums }

  public mutating func merge(state: [NDArray]) {
    guard state.map(\.type) == sums.map(\.type) else {
      fail(
        "metric: another kind of state: \(sums.map(\.type)), \(state.map(\.type))", at: .unknown)
    }
    for index in sums.indices { sums[index] += state[index] }
  }

  public mutating func reset() { sums = sums.map { .zeros($0.shape, dtype: $0.dtype) } }

  /// The first sum divided by the second; NaN before the first update.
  var ratio: Double { sums[0].item() / sums[1].item() }

  /// Adds numbers to the first sum and their count to the second.
  mutating func add(_ numbers: NDArray) {
    sums[0] += numbers.detached().sum().cast(to: sums[0].dtype)
    sums[1] += NDArray(numbers.count, dtype: .int64)
  }
}

/// A sum that starts at zero.
func sum(_ shape: Shape = [], _ dtype: DType = .float64) -> NDArray { .zeros(shape, dtype: dtype) }
