import TestSupport
import Testing

@testable import TandemOps

/// The gradient of the gradient of every operator against central differences of the gradient along
/// one random direction, in float64.
@Suite struct SecondOrderTests {
  @Test(arguments: [UInt64(3)])
  func agreesWithDifferences(seed: UInt64) throws {
    var complaints: [String] = []
    for item in GradientCase.all where !hasZeroFactors(item) {
      var random = SplitMix(seed: seed)
      if let complaint = try check(item, &random) {
        let shapes = item.inputs.map(\.shape.description).joined(separator: ", ")
        complaints.append("\(item.op.text) of \(shapes): \(complaint) (seed \(seed))")
      }
    }
    #expect(
      complaints.isEmpty, "\(complaints.count): \(complaints.prefix(30).joined(separator: "\n"))")
  }

  /// The gradient of a product at a factor of zero is written piece by piece; pieces that agree in
  /// value do not agree in slope, so there is no gradient of second order there.
  private func hasZeroFactors(_ item: GradientCase) -> Bool {
    guard item.op is Product || item.op is CumulativeProduct else { return false }
    if case .exactly = item.inputs[0].domain { return true }
    return false
  }

  private func check(_ item: GradientCase, _ random: inout SplitMix) throws -> String? {
    let inputs: [DirectArray] = item.inputs.map { $0.domain.array($0.shape, &random) }
    let varied = item.varied ?? inputs.indices.filter { inputs[$0].dtype.isFloatingPoint }
    func trace<O: Op>(_ op: O) throws -> GradientGraph {
      try GradientGraph(op, inputs.map(\.type))
    }
    let trace = try trace(item.op)
    let counted = (item.outputs ?? Array(trace.outputs.indices))
      .filter { trace.outputs[$0].dtype.isFloatingPoint }
    let values = counted.map { trace.outputs[$0] }
    let first = trace.gradients(of: values, values.map { trace.builder.input($0.type) })
    let reached = varied.compactMap { first[$0] }
    let second = trace.gradients(of: reached, reached.map { trace.builder.input($0.type) })
    let graph = trace.builder.graph(outputs: reached + varied.compactMap { second[$0] })

    func numbers(_ shape: Shape) -> [Double] {
      (0..<shape.elementCount).map { _ in Double.random(in: -1...1, using: &random) }
    }
    let weights = (values + reached).map { DirectArray.doubles(numbers($0.shape), $0.shape) }
    let directions = zip(inputs, item.inputs).map { input, place in
      let direction = numbers(input.shape)
      guard case .positiveDefinite = place.domain else { return direction }
      let matrix = DirectArray.doubles(direction, input.shape)
      return DirectArray.apply(Add(), matrix, matrix.matrixTransposed(), at: .unknown).doubles
    }
    func results(_ step: Double) -> [DirectArray] {
      let moved = inputs.indices.map { index in
        guard varied.contains(index) else { return inputs[index] }
        let numbers = zip(inputs[index].doubles, directions[index]).map { $0 + step * $1 }
        return DirectArray.doubles(numbers, inputs[index].shape)
      }
      return graph.evaluate(moved + weights)
    }
    func weighed(_ arrays: ArraySlice<DirectArray>) -> Double {
      zip(arrays, weights[values.count...]).reduce(0) { $0 + dot($1.0.doubles, $1.1.doubles) }
    }
    let analytic = zip(results(0)[reached.count...], varied.filter { second[$0] != nil })
      .reduce(0) { $0 + dot($1.0.doubles, directions[$1.1]) }
    let step = 1e-5
    let numeric =
      (weighed(results(step)[..<reached.count]) - weighed(results(-step)[..<reached.count]))
      / (2 * step)
    let error = abs(analytic - numeric) / max(1, abs(analytic), abs(numeric))
    return error < 1e-6 ? nil : "\(analytic), by differences \(numeric)"
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
