import TandemArray
import TandemOps
import TestSupport
import Testing

/// The same cases through arrays: engine, program cache, the elementwise short cut and the tape.
@Suite struct EagerTests {
  @Test(arguments: FixtureFile.names)
  func agreesWithNumPy(file name: String) throws {
    let file = try FixtureFile(name)
    var complaints: [String] = []
    for (index, item) in file.cases.enumerated() {
      let order = MemoryOrder.allCases[index % MemoryOrder.allCases.count]
      let inputs: [NDArray] = item.inputs.map {
        order.array(file.scalars($0), $0.shape, $0.type)
      }
      complaints += file.check(item, inputs)
    }
    #expect(
      complaints.isEmpty, "\(complaints.count): \(complaints.prefix(20).joined(separator: "\n"))")
  }

  /// Gradient graphs evaluated by arrays agree with differences.
  @Test func differentiates() {
    var complaints: [String] = []
    for item in GradientCase.all {
      var random = SplitMix(seed: 7)
      if let complaint = item.complaint(in: NDArray.self, &random) {
        complaints.append("\(item.op.text): \(complaint)")
      }
    }
    #expect(
      complaints.isEmpty, "\(complaints.count): \(complaints.prefix(20).joined(separator: "\n"))")
  }
}
