import TandemArray
import TandemOps
import Testing

/// Gradients of gradients, found by the tape, against central differences of first gradients.
@Suite struct SecondOrderTests {
  /// Points at which the gradient is documented to be right, but not its own gradient.
  private func isExempt(_ item: GradientCase) -> Bool {
    let hasZeros = item.inputs.contains {
      if case .exactly(let values) = $0.domain { values.contains(0) } else { false }
    }
    return hasZeros && (item.op is Product || item.op is CumulativeProduct)
  }

  @Test(arguments: [UInt64(11)])
  func agreesWithDifferences(seed: UInt64) {
    var complaints: [String] = []
    for item in GradientCase.all where !isExempt(item) {
      var random = SeededGenerator(seed: seed)
      if let complaint = complaint(item, &random) {
        let shapes = item.inputs.map(\.shape.description).joined(separator: ", ")
        complaints.append("\(item.op.text) of \(shapes): \(complaint) (seed \(seed))")
      }
    }
    #expect(
      complaints.isEmpty, "\(complaints.count): \(complaints.prefix(30).joined(separator: "\n"))")
  }

  private func complaint(_ item: GradientCase, _ random: inout SeededGenerator) -> String? {
    let inputs: [NDArray] = item.inputs.map { $0.domain.array($0.shape, &random) }
    let varied = item.varied ?? inputs.indices.filter { inputs[$0].dtype.isFloatingPoint }
    guard !varied.isEmpty else { return nil }
    func weights(_ count: Int, _ shape: Shape) -> NDArray {
      NDArray.doubles((0..<count).map { _ in Double.random(in: -1...1, using: &random) }, shape)
    }
    let outputs = NDArray.apply(item.op, inputs)
    let counted = item.outputs ?? outputs.indices.filter { outputs[$0].dtype.isFloatingPoint }
    let cotangents = outputs.map { weights($0.count, $0.shape) }
    var directions: [NDArray] = []
    var moves: [NDArray] = []
    for index in varied {
      let (a, b) = (
        weights(inputs[index].count, inputs[index].shape),
        weights(inputs[index].count, inputs[index].shape)
      )
      if case .positiveDefinite = item.inputs[index].domain {
        directions.append(a + a.matrixTransposed())
        moves.append(b + b.matrixTransposed())
      } else {
        directions.append(a)
        moves.append(b)
      }
    }
    func value(_ x: [NDArray]) -> NDArray {
      var all = inputs
      for (position, index) in varied.enumerated() { all[index] = x[position] }
      let results = NDArray.apply(item.op, all)
      return counted.map { (results[$0] * cotangents[$0]).sum() }.reduce(
        NDArray(0, dtype: .float64), +)
    }
    func slope(_ x: [NDArray]) -> NDArray {
      let gradients = valueAndGradients(of: value, at: x).gradients
      return zip(gradients, directions).map { ($0 * $1).sum() }
        .reduce(NDArray(0, dtype: .float64), +)
    }
    let start = varied.map { inputs[$0] }
    let second = valueAndGradients(of: slope, at: start).gradients
    let analytic = zip(second, moves).map { ($0 * $1).sum().item() }.reduce(0, +)
    let step = 1e-5
    func moved(_ step: Double) -> [NDArray] { zip(start, moves).map { $0 + $1 * step } }
    let numeric = (slope(moved(step)).item() - slope(moved(-step)).item()) / (2 * step)
    let error = abs(analytic - numeric) / max(1, abs(analytic), abs(numeric))
    return error < 1e-6 ? nil : "\(analytic), by differences \(numeric)"
  }
}
