import TandemArray
import TandemOps
import Testing

/// Operators in compiled regions.
@Suite struct CompiledOperatorTests {
  /// One case of each operator for each dtype, attributes and shapes as they come: compiled, it
  /// gives the bits that it gives eagerly.
  @Test(arguments: FixtureFile.names)
  func givesTheSameBits(file name: String) throws {
    let file = try FixtureFile(name)
    var seen: Set<String> = []
    for item in file.cases {
      guard seen.insert("\(item.operator) \(item.inputs.first.map { "\($0.type)" } ?? "")").inserted
      else { continue }
      let inputs = item.inputs.map { NDArray(file.scalars($0), shape: $0.shape, dtype: $0.type) }
      let compiled = compile { (arrays: [NDArray]) in item.apply(arrays) }
      for (x, y) in zip(item.apply(inputs), compiled(inputs)) {
        let same = try x.withUnsafeBytes { Array($0) } == y.withUnsafeBytes { Array($0) }
        #expect(same && x.type == y.type, "\(item.operator)(\(item.form)): \(x), compiled \(y)")
      }
    }
  }
}
