import TandemArray
import TandemOptim
import Testing

/// Updates by row-sparse gradients change the rows that were read, and nothing else.
@Suite struct LazyUpdateTests {
  private static let rows = [3, 1, 3, 7]

  private static func optimizers() -> [any Optimizer] {
    [
      SGD(learningRate: 0.1), SGD(learningRate: 0.1, weightDecay: 0.3),
      SGD(learningRate: 0.1, momentum: 0.9, weightDecay: 0.01),
      SGD(learningRate: 0.1, momentum: 0.9, nesterov: true),
      Adam(learningRate: 0.1, weightDecay: 0.02), AdamW(learningRate: 0.1, weightDecay: 0.2),
      AdaGrad(learningRate: 0.1, weightDecay: 0.1), RMSProp(learningRate: 0.1, weightDecay: 0.1),
      NAG(learningRate: 0.1, weightDecay: 0.1),
    ]
  }

  private func parameter(_ dtype: DType = .float32) -> Parameter {
    let parameter = Parameter(NDArray.random.normal([8, 3], seed: 4).cast(to: dtype))
    parameter.bind(path: "table")
    return parameter
  }

  private func gradient(_ step: Int, _ dtype: DType = .float32) -> RowSparseArray {
    let updates = NDArray.random.normal([4, 3], seed: UInt64(step)).cast(to: dtype)
    let rows = Self.rows.map { step % 2 == 0 ? $0 : ($0 + 1) % 8 }
    return RowSparseArray(summing: updates, at: NDArray(rows, shape: [4]), shape: [8, 3])
  }

  /// The twin: a table of its own for each row, which is updated by the dense rule in the steps in
  /// which the row was read, and in no others; MXNet's `lazy_update`.
  @Test(arguments: 0..<9, [DType.float32, .bfloat16])
  func rowsAreUpdatedAlone(number: Int, dtype: DType) {
    let lazy = Self.optimizers()[number]
    let table = parameter(dtype)
    let twins = (0..<8).map { row in
      let twin = Parameter(table.value[row..<(row + 1)])
      twin.bind(path: "row\(row)")
      return twin
    }
    let dense = Self.optimizers()[number]
    for step in 0..<5 {
      let gradient = gradient(step, dtype)
      lazy.beginStep()
      dense.beginStep()
      lazy.update(table, with: gradient)
      let whole = gradient.dense
      for row in Set(gradient.rows.scalars(as: Int.self)) {
        dense.update(twins[row], with: whole[row..<(row + 1)])
      }
    }
    let expected = NDArray.concatenated(twins.map(\.value), axis: 0)
    #expect(table.value.type == expected.type)
    #expect(bits(table.value) == bits(expected))
    // What is remembered of rows that were never read is what it started as.
    for (name, cell) in lazy.memory.all {
      let untouched = cell.value[NDArray([5, 6], dtype: .int64)]
      #expect(untouched.abs().max().item() == 0, "\(name)")
    }
  }

  private func bits(_ x: NDArray) -> [UInt64] {
    x.cast(to: .float64).scalars(as: Double.self).map(\.bitPattern)
  }

  /// A rule of whole parameters takes the gradient with its zeros.
  @Test func otherRulesAreDense() {
    let (sparse, dense) = (parameter(), parameter())
    for (rule, table) in [(LAMB(), sparse), (LAMB(), dense)] {
      rule.beginStep()
      if table === sparse {
        rule.update(table, with: gradient(0))
      } else {
        rule.update(table, with: gradient(0).dense)
      }
    }
    #expect(bits(sparse.value) == bits(dense.value))
  }

  /// In a compiled step the same bits as outside, and tables that are read elsewhere keep theirs.
  @Test func compiledSteps() {
    func train(_ isCompiled: Bool) -> [UInt64] {
      let (table, optimizer) = (parameter(), Adam(learningRate: 0.05))
      let before = table.value
      let start = bits(before)
      let model = ["table": table]
      let body = { @Sendable (tokens: NDArray) in
        let (loss, gradients) = valueAndGradient(of: model) {
          table.rows(tokens).squared().sum()
        }
        optimizer.update(model, with: gradients)
        return loss
      }
      let step = compile(mutating: model, optimizer, body: body)
      for number in 0..<4 {
        let tokens = NDArray([number, 5, 5, -1], shape: [4])
        _ = isCompiled ? step(tokens) : body(tokens)
      }
      #expect(bits(before) == start)
      return bits(table.value)
    }
    #expect(train(true) == train(false))
  }

  @Test func words() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let table = Parameter(NDArray.ones([4, 2]))
      table.bind(path: "table")
      let gradient = RowSparseArray(
        summing: NDArray.ones([1, 3]), at: NDArray([0], dtype: .int64), shape: [4, 3])
      SGD(learningRate: 1).update(table, with: gradient, file: "user.swift", line: 3)
    }
    let error = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      error.contains(
        "sgdUpdate: the gradient has another shape: float32[1, 2], float32[1, 3], "),
      "\(error)")
    #expect(error.contains("parameter table") && error.contains("user.swift:3"), "\(error)")
  }
}
