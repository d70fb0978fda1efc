/// Layers of cells that stand on each other, each reading the outputs of the one below, in one or
/// both directions.
protocol RecurrentStack: ReportingLayer {
  associatedtype Cell: RecurrentCell

  /// The cells that read forward, lowest first.
  var layers: [Cell] { get }
  /// The cells that read from the end, lowest first; none if there is one direction.
  var reversedLayers: [Cell] { get }
  /// Between the layers.
  var dropout: Dropout { get }
  /// Whether the first axis of input and output is the batch, not the time.
  var isBatchMajor: Bool { get }
}

extension RecurrentStack {
  /// Goes through all layers.
  ///
  /// - Parameter states: of each layer and direction before the first step, forward first; zeros if
  ///   `nil`.
  func run(
    _ name: String, _ x: NDArray, from states: [[NDArray]]?, lengths: NDArray?
  ) -> (outputs: NDArray, states: [[NDArray]]) {
    var input = RecurrentInput(x, lengths: lengths).checked(name, isBatchMajor)
    let directions = reversedLayers.isEmpty ? 1 : 2
    if let states, states.count != layers.count * directions {
      let both = directions == 2 ? " in two directions" : ""
      fail("\(name): \(layers.count) layers\(both), but \(states.count) states", at: .unknown)
    }
    var after: [[NDArray]] = []
    for (index, layer) in layers.enumerated() {
      if index > 0 { input = input.with(dropout.callAsFunction(input.values)) }
      func start(_ cell: Cell, _ direction: Int) -> [NDArray] {
        states?[index * directions + direction] ?? cell.startState(for: input.values)
      }
      let result = layer.sequence(input, from: start(layer, 0))
      after.append(result.state)
      guard directions == 2 else {
        input = input.with(result.output)
        continue
      }
      let back = reversedLayers[index]
      let other = back.sequence(input.reversed, from: start(back, 1))
      after.append(other.state)
      let turned = input.with(other.output).reversed.values
      input = input.with(.concatenated([result.output, turned], axis: -1))
    }
    return (isBatchMajor ? input.values.transposed([1, 0, 2]) : input.values, after)
  }

  /// The layers of one direction.
  ///
  /// - Parameter cell: makes a cell with a number of inputs, `nil` where that is inferred.
  static func cells(
    _ count: Int, inputs: Int?, between: Int, _ cell: (Int?) -> Cell
  ) -> [Cell] {
    (0..<count).map { cell($0 == 0 ? inputs : between) }
  }
}
