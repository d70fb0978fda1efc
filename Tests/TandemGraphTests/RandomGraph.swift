import TandemGraph
import TestSupport

/// A random program over small arrays, decided by a seed.
struct RandomGraph {
  var random: SplitMix
  let builder = GraphBuilder()
  var values: [Symbol] = []
  /// What was applied last, to be repeated now and then.
  private var latest: (op: any Op, operands: Symbols)?
  private(set) var layouts: [InputForm] = []
  private(set) var graph: Graph

  private static let lengths = [1, 2, 3, 5, 8]
  private static let dtypes: [DType] = [
    .float32, .float32, .float32, .float32, .float16, .bfloat16, .float64, .int32, .int64, .bool,
    .uint8, .int16, .uint32, .uint64, .int8,
  ]

  init(seed: UInt64, operators: Int) {
    random = SplitMix(seed: seed)
    graph = builder.graph(outputs: [])
    // One rank-three frame of lengths, so that operands fit together often.
    let frame = (0..<3).map { _ in RandomGraph.lengths[random.below(5)] }
    for _ in 0..<2 + random.below(4) { addInput(frame) }
    if random.below(2) == 0 { addNumber() }
    var added = 0
    for _ in 0..<operators * 4 where added < operators {
      if addOperator() { added += 1 }
    }
    var outputs: [Symbol] = []
    for _ in 0..<1 + random.below(4) { outputs.append(pick()) }
    outputs.append(values[values.count - 1])
    graph = builder.graph(outputs: outputs)
  }

  /// Fresh random arguments for the inputs.
  mutating func arguments() -> [OneByOne.Argument] {
    layouts.indices.map { index in
      let dtype = graph.nodes[graph.inputs[index]].types[0].dtype
      guard case .array(let layout) = layouts[index] else {
        return .number(ScalarValue(random.uniform() * 3, dtype))
      }
      let array = HostArray(layout, dtype)
      array.fill(&random)
      return .array(array)
    }
  }

  /// Offers results the memory of inputs of their type.
  mutating func donations() -> [Int?] {
    graph.outputs.map { output in
      let fitting = layouts.indices.filter {
        guard case .array(let layout) = layouts[$0] else { return false }
        return layout.isDense && graph.nodes[graph.inputs[$0]].types[0] == graph.type(of: output)
      }
      return fitting.isEmpty || random.below(3) == 0 ? nil : fitting[random.below(fitting.count)]
    }
  }

  private mutating func addInput(_ frame: [Int]) {
    let rank = 1 + random.below(3)
    let shape = Shape(frame.suffix(rank).map { random.below(4) == 0 ? 1 : $0 })
    let dtype = RandomGraph.dtypes[random.below(RandomGraph.dtypes.count)]
    values.append(builder.input(TensorType(shape, dtype)))
    var layout = Layout(shape)
    switch random.below(4) {
    case 0:
      let order = Array(0..<rank).shuffled(using: &random)
      layout = .dense(shape, order: order)
    case 1: layout.offset = random.below(5)
    default: break
    }
    layouts.append(.array(layout))
  }

  private mutating func addNumber() {
    values.append(builder.input(TensorType([], .float32)))
    layouts.append(.number)
  }

  /// A value, the latest ones more often.
  mutating func pick() -> Symbol {
    random.below(2) == 0
      ? values[values.count - 1 - random.below(min(3, values.count))]
      : values[random.below(values.count)]
  }

  private mutating func addOperator() -> Bool {
    switch random.below(23) {
    case 0: return add(latest)
    case 1: return addConstant()
    case 2, 17: return addProduct()
    case 18: return addConvolution()
    case 20: return addPooling()
    case 19: return addNormalization()
    case 21: return addDraw()
    case 16, 22: return addControlFlow()
    default: break
    }
    let op = RandomGraph.choose(&random, for: pick(), self)
    let operands = (0..<op.count).map { index in index == 0 ? op.first : operand(like: op.first) }
    return add((op.op, operands))
  }

  private mutating func add(_ choice: (op: any Op, operands: Symbols)?) -> Bool {
    // Optimizers update arrays, not numbers.
    if let choice, choice.op is SGDMomentumUpdate,
      choice.operands.prefix(3).contains(where: { $0.rank == 0 })
    {
      return false
    }
    guard let choice, let results = try? builder.add(choice.op, choice.operands) else {
      return false
    }
    latest = choice
    // Elements grow without bound where shapes do.
    guard results.allSatisfy({ $0.count <= 4096 }) else { return true }
    values += results
    return true
  }

  /// A formula of numbers, spread over the shape of a value.
  private mutating func addConstant() -> Bool {
    let x = pick()
    guard x.dtype.isFloatingPoint else { return false }
    let number = (x.scalar(random.uniform()).exp() + 1)
    values.append(x.rank < 2 ? x * number : x * number.broadcast(to: [x.shape[-1]]))
    return true
  }

  /// Random numbers of a value's shape; keys repeat now and then.
  private mutating func addDraw() -> Bool {
    let x = pick()
    guard x.dtype == .float32 || x.dtype == .float64, x.count > 0 else { return false }
    let key = [7, random.below(3), random.below(3)].map {
      builder.constant(ScalarValue($0, .uint64))
    }
    let distribution: RandomFill.Distribution =
      random.below(2) == 0
      ? .normal(mean: 0, standardDeviation: 1) : .bernoulli(probability: 0.5)
    let draw = Symbol.random(
      distribution, x.shape, dtype: x.dtype, seed: key[0], stream: key[1], tick: key[2])
    return add(followed: x * draw)
  }

  /// A product of a value with itself, or an affine map of it, often rectified.
  private mutating func addProduct() -> Bool {
    let x = pick()
    guard x.rank >= 2, x.dtype.isFloatingPoint else { return false }
    let product: Symbol
    if random.below(2) == 0 {
      let weight = x.rank == 2 ? x : x.sum(axes: Array(0..<x.rank - 2))
      let bias = random.below(2) == 0 ? weight.max(axis: 1) : nil
      product = x.linear(weight, bias: bias)
    } else {
      product = x.matmul(x.matrixTransposed())
    }
    return add(followed: random.below(3) == 0 ? product.relu() : product)
  }

  /// A value, and often what becomes of it element by element: what kernels take behind them.
  mutating func add(followed x: Symbol) -> Bool {
    guard x.count <= 4096 else { return true }
    values.append(x)
    switch random.below(5) {
    case 0: values.append(x.gelu())
    case 1: values.append(x.tanh() + x)
    case 2:
      let other = pick()
      if other.dtype == x.dtype, let sum = try? builder.add(Add(), [x, other]),
        sum[0].count <= 4096
      {
        values.append(sum[0].relu())
      }
    case 3: values.append((x * 0.5).sigmoid())
    default: break
    }
    return true
  }

  private mutating func operand(like first: Symbol) -> Symbol {
    random.below(4) == 0 ? first.scalar(random.uniform() * 2) : pick()
  }

  private struct Choice {
    let op: any Op
    let count: Int
    let first: Symbol
  }

  private static let unary: [any Op] = [
    Negate(), Exp(), Tanh(), Sigmoid(), ReLU(), Square(), SquareRoot(), Absolute(), GELU(),
    GELU(approximation: .tanh), Erf(), Sin(), Reciprocal(), IsNaN(), LogicalNot(), Floor(),
    SiLU(), Contiguous(),
  ]
  private static let binary: [any Op] = [
    Add(), Subtract(), Multiply(), Divide(), Maximum(), Minimum(), Less(), Equal(), Power(),
    LogicalAnd(), Add(), Multiply(), Subtract(), Atan2(), ReLUGradient(), MatMul(),
  ]

  private static func choose(
    _ random: inout SplitMix, for x: Symbol, _ graph: RandomGraph
  ) -> Choice {
    switch random.below(24) {
    case 0...5: return Choice(op: unary[random.below(unary.count)], count: 1, first: x)
    case 6...12: return Choice(op: binary[random.below(binary.count)], count: 2, first: x)
    case 13: return Choice(op: Select(), count: 3, first: x)
    case 14: return Choice(op: Cast(to: dtypes[random.below(dtypes.count)]), count: 1, first: x)
    case 15...18: return Choice(op: reduction(&random, x), count: 1, first: x)
    case 19: return Choice(op: alongAxis(&random, x), count: 1, first: x)
    case 20: return Choice(op: Clip(), count: 3, first: x)
    case 21: return Choice(op: SGDMomentumUpdate(), count: 6, first: x)
    default: return Choice(op: view(&random, x), count: 1, first: x)
    }
  }

  private static func reduction(_ random: inout SplitMix, _ x: Symbol) -> any Op {
    let axes = (0..<x.rank).filter { _ in random.below(2) == 0 }
    let keepDims = random.below(2) == 0
    switch random.below(8) {
    case 0: return Mean(axes: axes, keepDims: keepDims)
    case 1: return Max(axes: axes, keepDims: keepDims)
    case 2: return Min(axes: axes, keepDims: keepDims)
    case 3: return LogSumExp(axes: axes, keepDims: keepDims)
    case 4: return Product(axes: axes, keepDims: keepDims)
    case 5: return AnyTrue(axes: axes, keepDims: keepDims)
    default: return Sum(axes: axes, keepDims: keepDims)
    }
  }

  private static func alongAxis(_ random: inout SplitMix, _ x: Symbol) -> any Op {
    let axis = random.below(max(x.rank, 1))
    switch random.below(3) {
    case 0: return Softmax(axis: axis)
    case 1: return LogSoftmax(axis: axis)
    default: return CumulativeSum(axis: axis)
    }
  }

  private static func view(_ random: inout SplitMix, _ x: Symbol) -> any Op {
    switch random.below(7) {
    case 0: return Transpose(order: Array(0..<x.rank).shuffled(using: &random))
    case 1: return Reshape(to: [x.count])
    case 2: return ExpandDims(axis: random.below(x.rank + 1))
    case 3: return Broadcast(to: x.shape.rank < 4 ? x.shape.inserting(2, at: 0) : x.shape)
    case 4: return Flip(axes: x.rank > 0 ? [random.below(x.rank)] : [])
    case 5: return Reshape(to: Shape(x.shape.array.reversed()))
    default:
      let counts = x.shape.array.map { $0 > 1 ? $0 - random.below(2) : $0 }
      return Slice(
        starts: zip(x.shape.array, counts).map { $0 - $1 }, steps: counts.map { _ in 1 },
        counts: counts)
    }
  }
}
