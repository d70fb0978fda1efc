import TandemOps
import TandemShapes
import TandemThreads

/// An array whose operators run at once on this thread, with neither engine nor tape: lowering and
/// kernels alone.
struct DirectArray: ArrayExpression {
  /// The bytes; freed with the last array that looks at them.
  final class Memory: @unchecked Sendable {
    // Sendable: written before it is shared, only read afterwards.
    let base: UnsafeMutableRawPointer

    init(byteCount: Int) {
      base = .allocate(byteCount: Swift.max(byteCount, 64), alignment: 64)
      // Whatever an operator forgets to write shall be seen.
      base.initializeMemory(as: UInt8.self, repeating: 0xA5, count: Swift.max(byteCount, 64))
    }

    deinit { base.deallocate() }
  }

  let memory: Memory
  let layout: Layout
  let number: ScalarValue?
  let type: TensorType

  init(_ memory: Memory, _ layout: Layout, _ dtype: DType, number: ScalarValue? = nil) {
    (self.memory, self.layout, self.number) = (memory, layout, number)
    type = TensorType(layout.shape, dtype)
  }

  /// Numbers in row-major order.
  init(_ values: [ScalarValue], shape: Shape, dtype: DType) {
    let memory = Memory(byteCount: shape.elementCount * dtype.byteCount)
    for (index, value) in values.enumerated() {
      Element.store(value, as: dtype, at: memory.base + index * dtype.byteCount)
    }
    self.init(memory, Layout(shape), dtype)
  }

  /// The elements in row-major order.
  var scalars: [ScalarValue] {
    let dense = layout.isRowMajor ? self : contiguous()
    return (0..<count).map {
      Element.load(dtype, at: dense.memory.base + (dense.layout.offset + $0) * dtype.byteCount)
    }
  }

  static func apply<O: Op>(_ op: O, _ input: Self, at site: CallSite) -> Self {
    apply(op, inputs: [input], at: site)[0]
  }

  static func apply<O: Op>(_ op: O, _ lhs: Self, _ rhs: Self, at site: CallSite) -> Self {
    apply(op, inputs: [lhs, rhs], at: site)[0]
  }

  static func apply<O: Op>(_ op: O, inputs: [Self], at site: CallSite) -> [Self] {
    let types = TensorTypes(inputs.map(\.type))
    do throws(ShapeError) {
      let outputs = try op.checkedOutputTypes(for: types)
      if inputs.count == 1, let view = op.view(of: inputs[0].layout) {
        return [Self(inputs[0].memory, view, outputs[0].dtype)]
      }
      return run(op, inputs, outputs)
    } catch {
      fail(error.message, at: site)
    }
  }

  func constant(_ value: ScalarValue) -> Self {
    let plain = Self([value], shape: [], dtype: value.dtype)
    return Self(plain.memory, plain.layout, value.dtype, number: value)
  }

  private static func run<O: Op>(_ op: O, _ inputs: [Self], _ types: TensorTypes) -> [Self] {
    let isNumber = inputs.map { O.acceptsNumbers && $0.number != nil }
    let layouts = inputs.map { input in
      var layout = input.layout
      layout.offset = 0
      return layout
    }
    let arrays = zip(layouts, isNumber).filter { !$1 }.map(\.0)
    let outputs = types.indices.map { index in
      let layout = op.outputLayout(for: types[index], at: index, inputs: arrays)
      return Self(Memory(byteCount: types[index].byteCount), layout, types[index].dtype)
    }
    var lowering = Lowering(
      outputs: outputs.map { ($0.layout, $0.dtype) },
      inputs: zip(layouts, inputs).map { ($0, $1.dtype) }, scalarInputs: isNumber)
    op.lower(TensorTypes(inputs.map(\.type)), to: &lowering)
    let program = lowering.program(named: O.name)
    let bases =
      outputs.map(\.memory.base)
      + inputs.map { $0.memory.base + $0.layout.offset * $0.dtype.byteCount }
    do throws(KernelFailure) {
      try program.run(bases: bases, scalars: inputs.compactMap(\.number), in: .serial)
    } catch {
      fail(error.message, at: .unknown)
    }
    return outputs
  }
}
