import TandemArray
import TestSupport
import Testing

@testable import TandemNN

/// Cells, what changes them, and layers of them, against one another.
@Suite struct RecurrentTests {
  private func close(
    _ a: NDArray, _ b: NDArray, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    expectClose(a, b.scalars(as: Double.self), what, sourceLocation: sourceLocation)
  }

  private let x = NDArray.random.normal([6, 3, 4], seed: 3)
  private let lengths = NDArray([4, 6, 0] as [Int64])

  private static let cells: [(name: String, make: @Sendable () -> any RecurrentCell)] = [
    ("rnn", { RNNCell(4, activation: .relu) }), ("lstm", { LSTMCell(4) }), ("gru", { GRUCell(4) }),
    ("projected", { LSTMCell(5, projection: 4, cellClip: 0.3) }),
    ("residual", { ResidualCell(GRUCell(4)) }),
    ("zoneout", { ZoneoutCell(LSTMCell(4), states: 0.2, outputs: 0.4) }),
    ("variational", { VariationalDropoutCell(GRUCell(4), inputs: 0.5, states: 0.5) }),
    ("sequential", { SequentialCell(LSTMCell(3), DropoutCell(0.5), RNNCell(5)) }),
    ("both", { BidirectionalCell(LSTMCell(3), GRUCell(2)) }),
  ]

  @Test("a loop and steps one by one give the same, of any lengths", arguments: cells.map(\.name))
  func loops(name: String) throws {
    let cell = try #require(RecurrentTests.cells.first { $0.name == name }).make()
    for lengths in [nil, lengths] {
      let (outputs, state) = cell.unroll(x, lengths: lengths)
      let (others, otherState) = cell.run(x, lengths: lengths)
      close(others, outputs, "outputs")
      for (a, b) in zip(otherState, state) { close(a, b, "state") }
      #expect(state.map { $0.shape[1] } == cell.stateWidths)
      if let width = cell.outputWidth { #expect(outputs.shape == [6, 3, width]) }
      guard lengths != nil else { continue }
      let behind = [outputs[4..<6, 0], outputs[0..<6, 2]] + state.map { $0[2] }
      for array in behind { #expect(array.scalars(as: Float.self).allSatisfy { $0 == 0 }) }
    }
  }

  @Test("the first steps of a longer batch are the shorter sequence alone")
  func ends() {
    for cell in [LSTMCell(4), GRUCell(4), RNNCell(4)] as [any RecurrentCell] {
      let (outputs, state) = cell.run(x, lengths: lengths)
      let (alone, last) = cell.run(x[0..<4, 0..<1])
      close(outputs[0..<4, 0..<1], alone, "outputs")
      for (a, b) in zip(state, last) { close(a[0..<1], b, "state") }
    }
  }

  @Test("pieces with the state handed on are the whole")
  func pieces() {
    let model = LSTM(5, layerCount: 2)
    let (whole, last) = model(x, from: nil)
    let (first, between) = model(x[0..<2], from: nil)
    let (second, end) = model(x[2..<6], from: between)
    close(.concatenated([first, second]), whole, "outputs")
    for (a, b) in zip(end, last) {
      close(a.output, b.output, "output")
      close(a.cell, b.cell, "cell")
    }
  }

  @Test("a step of a cell is that of a sequence of one; batch-major, axes change places")
  func steps() {
    let cell = SequentialCell(GRUCell(3), LSTMCell(2))
    let (output, state) = cell(x[0], from: cell.startState(for: x[0]))
    let (outputs, others) = cell.unroll(x[0..<1])
    close(outputs[0], output, "output")
    for (a, b) in zip(others, state) { close(a, b, "state") }
    let turned = cell.run(x.transposed([1, 0, 2]), isBatchMajor: true).outputs
    close(turned.transposed([1, 0, 2]), cell.run(x).outputs, "batch-major")
    close(cell(x[0]), output, "as a layer")
    #expect(cell.parameters.map(\.path).first == "0.inputWeight")
  }

  @Test("in training variational dropout hides the same features at all steps")
  func variational() {
    let ones = NDArray.ones([5, 2, 8])
    let cell = VariationalDropoutCell(DropoutCell(0), inputs: 0.5)
    withTraining(true) {
      let outputs = cell.run(ones).outputs
      let rows = (0..<5).map { outputs[$0].scalars(as: Float.self) }
      #expect(rows.allSatisfy { $0 == rows[0] })
      #expect(Set(rows[0]) == [0, 2])
      let plain = DropoutCell(0.5).unroll(ones).outputs
      #expect(plain[0].scalars(as: Float.self) != plain[1].scalars(as: Float.self))
    }
    let states = VariationalDropoutCell(RNNCell(8), states: 0.5, outputs: 0.5)
    let unused = withTraining(true) { states.run(ones).outputs }
    let dropped = (0..<5).map { unused[$0].scalars(as: Float.self).map { $0 == 0 } }
    #expect(dropped.allSatisfy { $0 == dropped[0] } && dropped[0].contains(true))
    close(states.run(ones).outputs, states.cell.run(ones).outputs, "outside of training")
  }

  @Test("zoneout keeps the share of elements that it is told, and means elsewhere")
  func zoneout() {
    let cell = RNNCell(2000, inputs: 1)
    let input = NDArray.ones([1, 1])
    let start = [NDArray.zeros([1, 2000])]
    let plain = cell(input, from: start).state[0]
    let changed = ZoneoutCell(cell, states: 0.25)
    let kept = withTraining(true) { changed(input, from: start).state[0] }
    let count = kept.scalars(as: Float.self).count { $0 == 0 }
    #expect(abs(count - 500) < 100, "\(count)")
    close(changed(input, from: start).state[0], plain * 0.75, "mean")
  }

  @Test("dropout stands between layers, not behind the last")
  func between() {
    let (one, two) = (GRU(4, dropout: 0.9), GRU(4, layerCount: 2, dropout: 0.9))
    withTraining(true) {
      close(one(x), one(x), "one layer")
      #expect(two(x).scalars(as: Float.self) != two(x).scalars(as: Float.self))
    }
  }

  @Test("a bidirectional layer is a bidirectional cell")
  func directions() {
    let layer = LSTM(3, inputs: 4, isBidirectional: true)
    let cell = BidirectionalCell(layer.layers[0], layer.reversedLayers[0])
    let (outputs, states) = layer(x, from: nil, lengths: lengths)
    let (others, state) = cell.unroll(x, lengths: lengths)
    close(outputs, others, "outputs")
    close(states[1].cell, state[3], "last cell of the other direction")
  }

  @Test("refusals")
  func refusals() async throws {
    let results = [
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = GRU(4)(.zeros([3, 4]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = RNN(4, layerCount: 2)(.zeros([3, 2, 4]), from: [.zeros([2, 4])])
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = GRU(4)(.zeros([3, 2, 4]), from: nil, lengths: NDArray([1.5, 2]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LSTM(4, isBatchMajor: true)(NDArray.zeros([3, 0, 4]))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LSTMCell(4, cellClip: -1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = ZoneoutCell(RNNCell(4), states: 1)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = ZoneoutCell(DropoutCell(0.5), outputs: 0.5)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = VariationalDropoutCell(RNNCell(4), inputs: 2)
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        let cell = BidirectionalCell(RNNCell(4), RNNCell(4))
        _ = cell(.zeros([2, 4]), from: cell.startState(for: .zeros([2, 4])))
      },
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = LSTMCell(4)(.zeros([2, 4]), from: [])
      },
    ]
    let texts = [
      "gru: needs [time, batch, inputs]: float32[3, 4], in GRU",
      "rnn: 2 layers, but 1 states, in RNN",
      "gru: needs a whole number of steps for each of 2 sequences: float32[2], in GRU",
      "lstm: needs [batch, time, inputs] with one step or more: float32[3, 0, 4], in LSTM",
      "LSTMCell: cellClip must be positive, got -1.0",
      "ZoneoutCell: states must be in 0..<1, got 1.0",
      "ZoneoutCell: DropoutCell does not know how long its outputs are",
      "VariationalDropoutCell: inputs must be in 0..<1, got 2.0",
      "BidirectionalCell: has no single step; use unroll or run, in BidirectionalCell",
      "cell: a state has 2 arrays, but 0 are given, in LSTMCell",
    ]
    for (result, text) in zip(results, texts) {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains("\(text) (RecurrentTests.swift:"), "\(errors)")
    }
  }
}
