import TandemOps
import TestSupport
import Testing

/// The gradient of every operator against central differences along one random direction, in
/// float64.
@Suite struct GradientTests {
  @Test(arguments: [UInt64(1), 2])
  func agreesWithDifferences(seed: UInt64) {
    var complaints: [String] = []
    for item in GradientCase.all {
      var random = SplitMix(seed: seed)
      if let complaint = item.complaint(in: DirectArray.self, &random) {
        let shapes = item.inputs.map(\.shape.description).joined(separator: ", ")
        complaints.append("\(item.op.text) of \(shapes): \(complaint) (seed \(seed))")
      }
    }
    #expect(
      complaints.isEmpty, "\(complaints.count): \(complaints.prefix(30).joined(separator: "\n"))")
  }

  /// Every operator has a gradient check, or is one through which no gradient flows.
  @Test func coversTheCatalog() {
    let checked = Set(GradientCase.all.map { type(of: $0.op).name })
    for op in Catalog.standard where !(op is any NonDifferentiableOp.Type) {
      #expect(
        checked.contains(op.name) || GradientCase.reasons[op.name] != nil,
        "\(op.name) has no gradient check")
    }
  }
}

extension GradientCase {
  /// What is wrong with the gradient, if anything.
  func complaint<A: TestArray>(in type: A.Type, _ random: inout SplitMix) -> String? {
    let item = self
    let inputs: [A] = item.inputs.map { $0.domain.array($0.shape, &random) }
    let outputs = A.apply(item.op, inputs)
    let varied = item.varied ?? inputs.indices.filter { inputs[$0].dtype.isFloatingPoint }
    let counted = item.outputs ?? outputs.indices.filter { outputs[$0].dtype.isFloatingPoint }
    let weights = outputs.map { output in
      (0..<output.count).map { _ in Double.random(in: -1...1, using: &random) }
    }
    let directions = zip(inputs, item.inputs).map { input, place in
      let direction = (0..<input.count).map { _ in Double.random(in: -1...1, using: &random) }
      guard case .positiveDefinite = place.domain else { return direction }
      // Functions of symmetric matrices are differentiated among symmetric matrices.
      let matrix = A.doubles(direction, input.shape)
      return A.apply(Add(), matrix, matrix.matrixTransposed(), at: .unknown).doubles
    }
    let (graph, targets) = item.op.gradientGraph(
      TensorTypes(inputs.map(\.type)), TensorTypes(outputs.map(\.type)))
    for input in varied where !targets.contains(input) { return "no gradient for input \(input)" }
    let cotangents = outputs.indices.filter { outputs[$0].dtype.isFloatingPoint }.map { index in
      A.doubles(
        counted.contains(index) ? weights[index] : weights[index].map { _ in 0 },
        outputs[index].shape)
    }
    let gradients = graph.evaluate(inputs + outputs + cotangents)
    var analytic = 0.0
    for (target, gradient) in zip(targets, gradients) {
      guard gradient.type == inputs[target].type else {
        return "the gradient of input \(target) is \(gradient.type), not \(inputs[target].type)"
      }
      guard varied.contains(target) else { continue }
      analytic += zip(gradient.doubles, directions[target]).reduce(0) { $0 + $1.0 * $1.1 }
    }
    func value(_ step: Double) -> Double {
      let moved = inputs.indices.map { index in
        guard varied.contains(index) else { return inputs[index] }
        let numbers = zip(inputs[index].doubles, directions[index]).map { $0 + step * $1 }
        return A.doubles(numbers, inputs[index].shape)
      }
      let results = A.apply(item.op, moved)
      return counted.reduce(0) { sum, index in
        sum + zip(results[index].doubles, weights[index]).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    let step = 1e-5
    let numeric = (value(step) - value(-step)) / (2 * step)
    let error = abs(analytic - numeric) / max(1, abs(analytic), abs(numeric))
    return error < 1e-7 ? nil : "\(analytic), by differences \(numeric)"
  }
}
