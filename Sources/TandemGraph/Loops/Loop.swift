/// One loop program over arrays: what elementwise operators, reductions and runs of them become, so
/// that fusion knows a single operator.
///
/// Inputs are arrays in the order of the program's inputs, then the numbers in the order of its
/// scalars. Every array is seen through an ``AxisMap``; what repeats or is reduced costs nothing.
struct Loop: NonDifferentiableOp {
  static let name = "loop"

  static var acceptsNumbers: Bool { true }

  /// An output: its type, and how the iteration walks along it.
  struct Result: Hashable, Sendable {
    let type: TensorType
    let axes: AxisMap
  }

  /// The formula.
  let program: LoopProgram
  /// The lengths of the iteration's axes.
  let shape: Shape
  /// The axes of the iteration over which reducing outputs are gathered.
  let reducedAxes: [Int]
  /// How the iteration walks along each array.
  let arrays: [AxisMap]
  /// The outputs, in the order of the program's.
  let results: [Result]
  /// The operators that the loop stands for, for people.
  let label: String

  func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let contents = program.contents
    try require(
      inputs.count == arrays.count + contents.scalars.count
        && arrays.count == contents.inputs.count,
      "needs \(arrays.count) arrays and \(contents.scalars.count) numbers", inputs)
    for (index, map) in arrays.enumerated() {
      let fits = (0..<shape.rank).allSatisfy { axis in
        map[axis] < 0 || inputs[index].shape[map[axis]] == shape[axis]
      }
      try require(fits, "input \(index) does not fit the iteration \(shape)", inputs)
      try require(
        inputs[index].dtype == contents.inputs[index], "input \(index) has another dtype", inputs)
    }
    for (index, dtype) in contents.scalars.enumerated() {
      let number = inputs[arrays.count + index]
      try require(
        number.rank == 0 && number.dtype == dtype, "number \(index) has another type", inputs)
    }
    return TensorTypes(results.map(\.type))
  }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let slots = results.indices.map { index -> Lowering.Slot in
      let slot = lowering.output(index)
      return slot.with(results[index].axes.layout(of: slot.layout, shape: resultShape(index)))
    }
    let operands = arrays.indices.map { index -> Lowering.Slot in
      let slot = lowering.input(index)
      return slot.with(arrays[index].layout(of: slot.layout, shape: shape))
    }
    let numbers = program.contents.scalars.indices.map { lowering.input(arrays.count + $0) }
    lowering.emit(LoopPrimitive(program, reducing: reducedAxes), slots, operands + numbers)
  }

  /// The shape under which the kernel sees an output: reduced axes have length one.
  func resultShape(_ index: Int) -> Shape {
    guard program.contents.outputs[index].reduction != nil else { return shape }
    return reducedAxes.reduce(shape) { shape, axis in
      var shape = shape
      shape[axis] = 1
      return shape
    }
  }

  func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    guard program.contents.outputs[index].reduction == nil else { return Layout(type.shape) }
    return Loop.layout(of: results[index], shape: shape, arrays: arrays, inputs: inputs)
  }

  /// The memory order of an elementwise result: that of the first array that has all axes.
  static func layout(
    of result: Result, shape: Shape, arrays: [AxisMap], inputs: [Layout]
  ) -> Layout {
    let type = result.type
    let leader = arrays.indices.first { index in
      (0..<shape.rank).allSatisfy { shape[$0] == 1 || arrays[index][$0] >= 0 }
    }
    guard let leader, leader < inputs.count else { return Layout(type.shape) }
    let seen = arrays[leader].layout(of: inputs[leader], shape: shape)
    var strides = Layout(type.shape).stridesArray
    for axis in 0..<shape.rank where result.axes[axis] >= 0 {
      strides[result.axes[axis]] = seen.stride(axis)
    }
    let order = Layout(type.shape, strides: strides)
    return order.isRowMajor ? Layout(type.shape) : .dense(type.shape, order: order.memoryOrder)
  }

  /// Whether output `index` is reduced.
  func isReduced(_ index: Int) -> Bool { program.contents.outputs[index].reduction != nil }
}

extension Loop: CustomReflectable {
  /// What printed graphs show of it.
  var customMirror: Mirror { Mirror(self, children: ["of": label]) }
}
