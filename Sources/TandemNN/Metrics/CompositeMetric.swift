/// Several metrics of the same predictions and targets, by name.
///
///     var metrics = CompositeMetric(["accuracy": Accuracy(), "top 5": TopKAccuracy(5)])
///     metrics.update(scores, labels)
///     print(metrics.values)
public struct CompositeMetric: PairMetric {
  /// The names, in order.
  public let names: [String]
  private var metrics: [any PairMetric]

  /// - Parameter metrics: the metrics and what they are called.
  public init(_ metrics: KeyValuePairs<String, any PairMetric>) {
    names = metrics.map(\.key)
    self.metrics = metrics.map(\.value)
  }

  /// The numbers of all metrics. Waits.
  public var values: [(name: String, value: Double)] {
    zip(names, metrics).map { ($0, $1.value) }
  }

  /// The first number.
  public var value: Double { metrics.first?.value ?? .nan }

  /// The states of all metrics, one after another.
  public var state: [NDArray] { metrics.flatMap(\.state) }

  public mutating func merge(state: [NDArray]) {
    var rest = state[...]
    for index in metrics.indices {
      let count = metrics[index].state.count
      metrics[index].merge(state: Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
  }

  public mutating func reset() {
    for index in metrics.indices { metrics[index].reset() }
  }

  /// Takes in a batch; does not wait.
  public mutating func update(
    _ prediction: NDArray, _ target: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    for index in metrics.indices {
      metrics[index].update(prediction, target, file: file, line: line)
    }
  }
}
