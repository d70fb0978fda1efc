import TandemKernels

/// A product, convolution or normalisation and a loop over its first output, in one kernel: the
/// loop sees the output block by block, while each is in the cache.
///
/// Inputs are the producer's, then the loop's other arrays, then numbers. Outputs are the loop's,
/// then the producer's behind the first.
struct LoopBehind: NonDifferentiableOp {
  static let name = "finished"

  static var acceptsNumbers: Bool { true }

  /// Operators that make their first output in blocks.
  enum Producer: Hashable, Sendable {
    case matMul
    case linear
    case rectified(RectifiedProduct)
    case convolution(Convolution)
    case inputGradient(TandemOps.ConvolutionInputGradient)
    case batchNormalization(BatchNormalization)

    init?(_ op: any Op) {
      switch op {
      case is MatMul: self = .matMul
      case is Linear: self = .linear
      case let op as RectifiedProduct: self = .rectified(op)
      case let op as Convolution: self = .convolution(op)
      case let op as TandemOps.ConvolutionInputGradient: self = .inputGradient(op)
      case let op as BatchNormalization: self = .batchNormalization(op)
      default: return nil
      }
    }

    /// The operator.
    var op: any Op {
      switch self {
      case .matMul: MatMul()
      case .linear: Linear()
      case .rectified(let op): op
      case .convolution(let op): op
      case .inputGradient(let op): op
      case .batchNormalization(let op): op
      }
    }
  }

  /// What comes first.
  let producer: Producer
  /// How many of the inputs are the producer's.
  let producerInputCount: Int
  /// What comes then: a loop over all axes of the producer's first output, which is its first
  /// array.
  let loop: Loop

  /// How many of the inputs are arrays.
  var arrayCount: Int { producerInputCount + loop.arrays.count - 1 }

  func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(
      inputs.count == arrayCount + loop.program.contents.scalars.count,
      "needs \(arrayCount) arrays and \(loop.program.contents.scalars.count) numbers", inputs)
    let made = try producer.op.outputTypes(for: producerTypes(inputs))
    try require(loop.shape == made[0].shape, "the loop has another shape: \(loop.shape)", inputs)
    let seen = [made[0]] + Array(inputs)[producerInputCount...]
    return TensorTypes(
      Array(try loop.outputTypes(for: TensorTypes(seen))) + Array(made).dropFirst())
  }

  private func producerTypes(_ inputs: TensorTypes) -> TensorTypes {
    TensorTypes(Array(inputs).prefix(producerInputCount))
  }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let types = producerTypes(inputs)
    let made = (try? producer.op.outputTypes(for: types)) ?? TensorTypes([])
    let slots = (0..<producerInputCount).map { lowering.input($0) }
    let further = (1..<made.count).map { lowering.output(loop.results.count + $0 - 1) }
    var inner = Lowering(
      outputs: [(Layout(made[0].shape), made[0].dtype)] + further.map { ($0.layout, $0.dtype) },
      inputs: slots.map { ($0.layout, $0.dtype) }, scalarInputs: slots.map { _ in false })
    producer.op.lower(types, to: &inner)
    let results = loop.results.indices.map { index -> Lowering.Slot in
      let slot = lowering.output(index)
      return slot.with(loop.results[index].axes.layout(of: slot.layout, shape: loop.shape))
    }
    let arrays = loop.arrays.indices.dropFirst().map { index -> Lowering.Slot in
      let slot = lowering.input(producerInputCount + index - 1)
      return slot.with(loop.arrays[index].layout(of: slot.layout, shape: loop.shape))
    }
    let numbers = loop.program.contents.scalars.indices.map { lowering.input(arrayCount + $0) }
    lowering.emit(
      inner.program(named: ""), outputs: further, inputs: slots,
      finishing: Lowering.Finishing(
        loop.program, over: made[0], results: results, arrays: arrays, numbers: numbers))
  }

  func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    let own = Array(inputs.prefix(producerInputCount))
    guard index < loop.results.count else {
      return producer.op.outputLayout(for: type, at: index - loop.results.count + 1, inputs: own)
    }
    let made = TensorType(loop.shape, loop.program.contents.inputs[0])
    let first = producer.op.outputLayout(for: made, at: 0, inputs: own)
    return Loop.layout(
      of: loop.results[index], shape: loop.shape, arrays: loop.arrays,
      inputs: [first] + inputs[producerInputCount...])
  }

  /// Whether the loop really sees blocks, for arrays that are dense.
  func seesBlocks(_ inputs: TensorTypes) -> Bool {
    guard let types = try? outputTypes(for: inputs) else { return false }
    var lowering = Lowering(
      outputs: types.map { (Layout($0.shape), $0.dtype) },
      inputs: inputs.map { (Layout($0.shape), $0.dtype) },
      scalarInputs: inputs.indices.map { $0 >= arrayCount })
    lower(inputs, to: &lowering)
    return lowering.program(named: "").finishesBlocks
  }

  /// The operators that it stands for, for people.
  var label: String { "\(type(of: producer.op).name)+\(loop.label)" }
}

extension LoopBehind: CustomReflectable {
  /// What printed graphs show of it.
  var customMirror: Mirror { Mirror(self, children: ["of": label]) }
}
