/// What an operator says to the device: which primitives compute its outputs from its inputs.
public struct Lowering: Sendable {
  /// An array in a kernel program: one of the outputs, inputs or temporaries, under some layout.
  public struct Slot: Sendable {
    /// Position among outputs, then inputs, then temporaries.
    public let index: Int
    /// Lengths, strides and offset within the array.
    public var layout: Layout
    /// The element type.
    public let dtype: DType
    /// For a number known only at the call: its position among the scalars.
    public let scalar: Int?

    /// The lengths of the axes.
    public var shape: Shape { layout.shape }

    /// The same array under another layout.
    public func with(_ layout: Layout) -> Slot {
      var copy = self
      copy.layout = layout
      return copy
    }

    /// The same array stretched to a shape.
    public func broadcast(to shape: Shape) -> Slot { with(layout.broadcast(to: shape)) }
  }

  private let outputs: [Slot]
  private let inputs: [Slot]
  private var temporaries: [TensorType] = []
  private var steps: [KernelProgram.Step] = []

  /// - Parameters:
  ///   - outputs: the layouts that the outputs shall have.
  ///   - inputs: the layouts of the inputs.
  ///   - scalarInputs: for each input, whether it is a number known only at the call.
  public init(
    outputs: [(Layout, DType)], inputs: [(Layout, DType)], scalarInputs: [Bool]
  ) {
    self.outputs = outputs.enumerated().map {
      Slot(index: $0.offset, layout: $0.element.0, dtype: $0.element.1, scalar: nil)
    }
    var scalars = 0
    self.inputs = inputs.enumerated().map { index, input in
      defer { if scalarInputs[index] { scalars += 1 } }
      return Slot(
        index: outputs.count + index, layout: input.0, dtype: input.1,
        scalar: scalarInputs[index] ? scalars : nil)
    }
  }

  /// An input of the operator, as it lies in memory.
  public func input(_ index: Int) -> Slot { inputs[index] }

  /// An output of the operator.
  public func output(_ index: Int) -> Slot { outputs[index] }

  /// Memory that lives while the operator runs.
  public mutating func temporary(_ type: TensorType) -> Slot {
    temporaries.append(type)
    return Slot(
      index: outputs.count + inputs.count + temporaries.count - 1, layout: Layout(type.shape),
      dtype: type.dtype, scalar: nil)
  }

  /// Adds a primitive that writes `results` from `operands`.
  public mutating func emit(_ primitive: any Primitive, _ results: [Slot], _ operands: [Slot]) {
    let scalars = operands.compactMap(\.scalar)
    steps.append(
      KernelProgram.Step(
        primitive: primitive, operands: results + operands.filter { $0.scalar == nil },
        resultCount: results.count, scalars: scalars))
  }

  /// Adds a copy; both have one shape and dtype.
  public mutating func copy(_ source: Slot, to target: Slot) {
    emit(Copy(), [target], [source])
  }

  /// What has been emitted, ready to run.
  public func program(named name: String) -> KernelProgram {
    KernelProgram(
      name: name, outputs: outputs, inputs: inputs, temporaries: temporaries, steps: steps)
  }
}
