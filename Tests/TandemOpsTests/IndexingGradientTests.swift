import Testing

@testable import TandemOps

/// Gradients of first and second order, as graphs: types agree and the verifier accepts them.
@Suite struct IndexingGradientTests {
  @Test func gathers() throws {
    let x = TensorType.float32([4, 5, 6])
    let index = TensorType.int64([2, 3])
    try GradientGraph(Take(axis: 1), [x, index]).check(flowsTo: [true, false])
    try GradientGraph(TandemOps.TakeAlongAxis(axis: 1), [x, .int64([4, 2, 6])])
      .check(flowsTo: [true, false])
    try GradientGraph(TandemOps.Gather(count: 2), [x, index, .int64([3])])
      .check(flowsTo: [true, false, false])
    #expect(
      try TandemOps.Gather(count: 2).outputTypes(for: [x, index, .int64([3])])[0].shape == [
        2, 3, 6,
      ]
    )
  }

  @Test(arguments: [TandemKernels.Scatter.Mode.set, .add, .min, .max])
  func scatters(mode: TandemKernels.Scatter.Mode) throws {
    let x = TensorType.float32([4, 5, 6])
    try GradientGraph(
      TandemOps.Scatter(.rows(axis: 1), mode), [x, .float32([4, 2, 6]), .int64([2])]
    ).check(flowsTo: [true, true, false])
    try GradientGraph(
      TandemOps.Scatter(.along(axis: 2), mode), [x, .float32([4, 5, 2]), .int64([4, 5, 2])]
    ).check(flowsTo: [true, true, false])
    try GradientGraph(
      TandemOps.Scatter(.leading(count: 2), mode), [x, .float32([3, 6]), .int64([3]), .int64([1])]
    ).check(flowsTo: [true, true, false, false])
  }

  @Test func orders() throws {
    let x = TensorType.float32([4, 5])
    try GradientGraph(TandemOps.Sort(axis: 1), [x]).check(flowsTo: [true])
    try GradientGraph(TandemOps.TopK(k: 3, axis: 0), [x]).check(flowsTo: [true])
    try GradientGraph(TandemOps.ArgSort(axis: 1), [x]).check(flowsTo: [false])
    try GradientGraph(TandemOps.OneHot(depth: 3, dtype: .float32), [.int64([4])])
      .check(flowsTo: [false])
    try GradientGraph(TandemOps.SearchSorted(), [.float32([4]), x]).check(flowsTo: [false, false])
  }

  @Test func assignments() throws {
    let plan = IndexPlan([.select(0)])
    try GradientGraph(AssignIndex(plan), [.float32([4]), .float32([])])
      .check(flowsTo: [true, true])
    try GradientGraph(AssignIndex(plan), [.float32([4]), .int64([])])
      .check(flowsTo: [true, false])
    try GradientGraph(AssignIndex(plan), [.int64([4]), .float32([])])
      .check(flowsTo: [false, false])
  }

  /// An operator of a user that sends a gradient to whatever it takes.
  private struct Careless: Op {
    static let name = "test.careless"

    func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
      [.float32(inputs[0].shape)]
    }

    func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
      lowering.map([lowering.output(0)], [lowering.input(0)]) { [$0[0].cast(to: .float32)] }
    }

    func gradient(
      _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
    ) -> [Symbol?] { cotangents }
  }

  @Test("gradients that reach integers end there")
  func integersBetweenFloats() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([4]))
    let whole = x.cast(to: .int64)
    let y = try builder.add(Careless(), [whole])[0] + x
    let dy = builder.input(.float32([4]))
    let found = Symbol.pullback(of: [y], [dy], to: [x])
    #expect(found[0]?.value == dy.value)
  }
}
