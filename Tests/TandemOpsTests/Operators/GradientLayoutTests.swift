import TandemOps
import TestSupport
import Testing

/// Gradients whose arguments lie in any memory order, are narrower floats, or have no elements.
/// (That they are right for row-major float64 is ``GradientTests``'s business.)
@Suite struct GradientLayoutTests {
  @Test(arguments: MemoryOrder.allCases)
  func doNotDependOnTheLayout(order: MemoryOrder) {
    var complaints: [String] = []
    for item in GradientCase.all {
      let point = GradientPoint(item, .float64)
      guard let point else { continue }
      let turned = point.arguments.map {
        order.array($0.scalars, $0.shape, $0.dtype) as DirectArray
      }
      for (a, b) in zip(point.graph.evaluate(turned), point.gradients) {
        complaints += point.complaints(a, b.doubles, bound: 1e-12)
      }
    }
    #expect(complaints.isEmpty, "\(complaints.count): \(complaints.prefix(20))")
  }

  /// Beside the float64 gradient at the same point, outputs and cotangents included, so that what
  /// differs is what the gradient rounds: 16-bit floats once for each operator of its graph.
  @Test(arguments: [
    (DType.float32, 0x1p-24 * 400), (.bfloat16, 0x1p-8 * 16), (.float16, 0x1p-11 * 16),
  ])
  func ofNarrowFloatsAreThoseOfWideOnes(dtype: DType, bound: Double) {
    var (complaints, count): ([String], Int) = ([], 0)
    for item in GradientCase.all {
      guard let point = GradientPoint(item, dtype) else { continue }
      count += 1
      let wide = point.arguments.map { $0.dtype.isFloatingPoint ? $0.cast(to: .float64) : $0 }
      let expected = point.wideGraph.evaluate(wide)
      for (a, b) in zip(point.gradients, expected) {
        complaints += point.complaints(a, b.doubles, bound: bound)
      }
    }
    #expect(count > 100, "\(count) cases take \(dtype)")
    #expect(complaints.isEmpty, "\(complaints.count): \(complaints.prefix(20))")
  }

  /// An empty array broadcast with one that is not: the gradient of that one is a sum of nothing.
  @Test func ofNothingIsZero() {
    var names: Set<String> = []
    for item in GradientCase.all where item.op is any ElementwiseOp {
      let shapes: [Shape] = item.inputs.indices.map { $0 == 1 ? [3] : [0, 3] }
      let domains = item.inputs.map(\.domain)
      let empty = GradientCase(
        item.op,
        zip(shapes, domains).map { shape, domain in
          if case .between = domain { return (shape, domain) }
          return (shape, .between(0.1, 0.9))
        })
      guard let point = GradientPoint(empty, .float64) else { continue }
      names.insert(type(of: item.op).name)
      for (target, gradient) in zip(point.targets, point.gradients) {
        #expect(gradient.shape == shapes[target], "\(item.op.text)")
        #expect(gradient.doubles.allSatisfy { $0 == 0 }, "\(item.op.text)")
      }
    }
    #expect(names.count > 30, "\(names.count) operators")
  }
}

/// An operator at a point in some dtype: what its gradient is computed of, and the gradient.
private struct GradientPoint {
  let item: GradientCase
  /// Inputs, outputs, and cotangents of the outputs that are floats.
  let arguments: [DirectArray]
  let graph: Graph
  let wideGraph: Graph
  /// The inputs to which gradients flow, and those.
  let targets: [Int]
  let gradients: [DirectArray]

  /// `nil` if the operator refuses the dtype.
  init?(_ item: GradientCase, _ dtype: DType) {
    self.item = item
    var random = SplitMix(seed: 7)
    func narrowed(_ array: DirectArray) -> DirectArray {
      array.dtype == .float64 && dtype != .float64 ? array.cast(to: dtype) : array
    }
    let inputs = item.inputs.map { narrowed($0.domain.array($0.shape, &random)) }
    let types = TensorTypes(inputs.map(\.type))
    guard (try? item.op.checkedOutputTypes(for: types)) != nil else { return nil }
    let outputs = DirectArray.apply(item.op, inputs)
    let cotangents = outputs.filter { $0.dtype.isFloatingPoint }.map { output in
      let values = (0..<output.count).map { _ in Double.random(in: -1...1, using: &random) }
      return DirectArray.doubles(values, output.shape).cast(to: output.dtype)
    }
    arguments = inputs + outputs + cotangents
    func graph(_ wide: Bool) -> (graph: Graph, targets: [Int]) {
      func types(_ arrays: [DirectArray]) -> TensorTypes {
        TensorTypes(
          arrays.map {
            TensorType($0.shape, wide && $0.dtype.isFloatingPoint ? .float64 : $0.dtype)
          })
      }
      return item.op.gradientGraph(types(inputs), types(outputs))
    }
    (self.graph, targets) = graph(false)
    wideGraph = graph(true).graph
    gradients = self.graph.evaluate(arguments)
  }

  /// What is wrong with a gradient, as a part of its largest number, or of one.
  func complaints(_ actual: DirectArray, _ expected: [Double], bound: Double) -> [String] {
    let size = expected.reduce(1) { max($0, abs($1)) }
    let worst = zip(actual.doubles, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / size
    if worst <= bound, actual.count == expected.count { return [] }
    let shapes = item.inputs.map(\.shape.description).joined(separator: ", ")
    return ["\(item.op.text) of \(shapes): \(worst)"]
  }
}
