import TandemArray
import TestSupport

/// A random program on square matrices: elementwise work, broadcasts, reductions, products,
/// indexing, random draws; what a seed says.
struct RandomRegion: Sendable {
  /// One step: the kind of operator and which of the values so far it takes.
  struct Step: Sendable {
    let kind: Int
    let first: Int
    let second: Int
    let number: Float
  }

  let size: Int
  let steps: [Step]
  private let offset: NDArray
  private let seed: UInt64

  init(seed: UInt64) {
    var random = SplitMix(seed: seed)
    self.seed = seed
    size = [1, 2, 3, 5, 8, 17][random.below(6)]
    steps = (0..<3 + random.below(10)).map { index in
      Step(
        kind: random.below(RandomRegion.operators.count), first: random.below(index + 3),
        second: random.below(index + 3), number: Float(random.below(7) - 3) / 2)
    }
    offset = .random.normal([size], seed: seed)
  }

  /// Two parameters, of a matrix and of a row.
  func parameters() -> [Parameter] {
    [
      Parameter(.random.normal([size, size], seed: seed &+ 1)),
      Parameter(.random.normal([size], seed: seed &+ 2)),
    ]
  }

  /// The argument of a call.
  func input(of call: Int) -> NDArray {
    .random.normal([size, size], seed: seed &+ 100 &+ UInt64(call))
  }

  /// All values that the program computes.
  func values(_ x: NDArray, _ parameters: [Parameter]) -> [NDArray] {
    var values = [x, parameters[0].value, x * parameters[1].value + offset]
    for step in steps {
      let operation = RandomRegion.operators[step.kind]
      values.append(operation(values[step.first], values[step.second], step.number))
    }
    return values
  }

  /// One training step: the loss, some values, and changed parameters.
  func step(_ x: NDArray, _ parameters: [Parameter], count: StateCell) -> [NDArray] {
    var kept: [NDArray] = []
    let (loss, gradients) = valueAndGradient(of: parameters) {
      let all = values(x, parameters)
      kept = [all[all.count - 1].detached(), all[all.count / 2].detached()]
      return (all[all.count - 1] * all[1]).mean() + parameters[1].value.squared().sum()
    }
    count.value = count.value + 1
    for parameter in parameters {
      if let gradient = gradients[parameter] {
        parameter.value -= gradient * 0.125 / count.value
      }
    }
    return [loss, kept[0], kept[1].transposed()] + gradients.all.map(\.gradient)
  }

  /// What there is, each from matrices and a number to a matrix.
  private static let operators: [@Sendable (NDArray, NDArray, Float) -> NDArray] = [
    { a, b, _ in a + b },
    { a, b, _ in a - b },
    { a, b, _ in a * b },
    { a, b, _ in a / (b.squared() + 1) },
    { a, b, _ in a.maximum(b) },
    { a, _, n in a * n },
    { a, _, n in n - a },
    { a, _, _ in a.tanh() },
    { a, _, _ in a.relu() },
    { a, _, _ in a.sigmoid() },
    { a, _, _ in (a.tanh() * 2).exp() },
    { a, _, _ in (a.squared() + 1).log() },
    { a, _, _ in a - a.mean(axis: -1, keepDims: true) },
    { a, _, _ in a / (a.squared().sum(axis: 0, keepDims: true) + 1) },
    { a, b, _ in a + b.max(axis: 1, keepDims: true) },
    { a, b, _ in a + b.sum() * 0.01 },
    { a, _, _ in a.softmax(axis: -1) },
    { a, _, _ in a.logSoftmax(axis: 0) },
    { a, b, _ in a.matmul(b).tanh() },
    { a, b, _ in a.matmul(b.transposed()).tanh() },
    { a, _, _ in a.transposed() },
    { a, _, _ in a.flipped(axis: 0) },
    { a, b, _ in NDArray.concatenated([a, b], axis: 0)[.stride(by: 2)] },
    { a, b, _ in
      var copy = a
      copy[0] = b[b.shape[0] - 1]
      return copy
    },
    { a, _, _ in
      a.take(NDArray((0..<a.shape[0]).reversed().map { $0 / 2 }), axis: 0)
    },
    { a, b, _ in NDArray.where(a .> b, a, b * 0.5) },
    { a, _, _ in a + NDArray.random.normal(a.shape) },
    { a, _, _ in a * (NDArray.random.uniform(a.shape) .> 0.5).cast(to: .float32) },
    { a, _, _ in a.triangularLower() },
    { a, b, _ in a.linear(b, bias: b[0]).gelu() + a },
    { a, b, n in (a.matmul(b) * 0.25 + n).sigmoid() },
    { a, b, _ in
      let picture = a.reshaped([1, 1] + a.shape.array)
      let filters = b[0..<1].reshaped([1, 1, 1, a.shape[1]]).tanh()
      let y = picture.convolution(filters, padding: [0, a.shape[1] / 2])
      return y.sum(axis: -1).reshaped([a.shape[0], 1]).tanh() + a
    },
    { a, b, _ in
      let (scale, bias) = (b.mean(axis: 0), b[0])
      return (a.expandingDims(at: 2) + a[0]).batchNormalization(scale: scale, bias: bias)
        .result.relu().mean(axis: 2)
    },
    { a, b, _ in
      let picture = a.reshaped([1, 1] + a.shape.array)
      let y = picture.maxPool(window: [1, 2], stride: [1, 1], padding: [0, 1]).relu()
      return y.sum(axis: -1).reshaped([a.shape[0], 1]).tanh() * b
    },
    { a, b, _ in
      let picture = a.reshaped([1, 1] + a.shape.array)
      let y = picture.averagePool(window: [1, 2], stride: [1, 1], padding: [0, 1])
      return y.max(axis: -1).reshaped([a.shape[0], 1]) + b
    },
    { a, _, _ in a.dropout(probability: 0.25) },
    { a, b, _ in
      let loss = softmaxCrossEntropy(a, b.argMax(axis: 1))
      return a * loss.reshaped([a.shape[0], 1]).tanh()
    },
    { a, b, _ in a.layerNormalization(scale: b[0], bias: b[0]).relu() },
    { a, b, _ in a.reshaped([a.count]).reshaped(a.shape) + b },
    { a, b, n in
      cond(a.sum() .> Double(n)) {
        a * b
      } else: {
        (a - b).tanh()
      }
    },
    { a, b, _ in
      scan(a[0], over: b) { h, row in
        let h = (h * 0.5 + row).tanh()
        return (h, h * row)
      }.1
    },
    { a, b, n in
      whileLoop(NDArray(abs(n)), a, while: { i, _ in i .> 0 }) { i, y in
        (i - 0.5, (y * 0.5 + b).tanh())
      }.1
    },
    { a, b, n in
      map(over: [a, b]) { rows in
        cond(rows[0].max() .> Double(n)) {
          rows[0] + NDArray.random.normal(rows[0].shape)
        } else: {
          rows[1] * rows[0].sum()
        }
      }
    },
  ]
}
