import TandemArray
import TandemOps
import TestSupport
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

  /// The operators that those files do not show: random ones on drawn keys, gradients that read
  /// what was saved, updates.
  @Test(arguments: [UInt64(1)]) func othersGiveTheSameBits(seed: UInt64) throws {
    let shown = Set(try FixtureFile.names.flatMap { try FixtureFile($0).cases.map(\.operator) })
    let rest = OperatorSample.all.filter { !shown.contains(type(of: $0.op).name) }
    var random = SplitMix(seed: seed)
    for sample in rest {
      let inputs = sample.types.map { sample.array($0, &random) }
      let compiled = compile { (arrays: [NDArray]) in NDArray.apply(sample.op, arrays) }
      for (x, y) in zip(NDArray.apply(sample.op, inputs), compiled(inputs)) {
        let same = try x.withUnsafeBytes { Array($0) } == y.withUnsafeBytes { Array($0) }
        #expect(same && x.type == y.type, "\(sample.op): \(x), compiled \(y) (seed \(seed))")
      }
    }
  }
}

extension OperatorSample {
  /// An array that the operator can be given: positive floats, and integers that are keys for draws
  /// and places otherwise. Four places of seven elements are those of the rows of sparse matrices.
  fileprivate func array(_ type: TensorType, _ random: inout SplitMix) -> NDArray {
    let count = type.shape.elementCount
    if type.dtype.isFloatingPoint {
      let numbers = (0..<count).map { _ in Double.random(in: 0.1...0.9, using: &random) }
      return NDArray(numbers, shape: type.shape, dtype: type.dtype)
    }
    if type == TensorType([4], .int64) { return NDArray([0, 2, 5, 7], dtype: .int64) }
    let limit = type.dtype == .uint64 ? 1 << 40 : 2
    return NDArray(
      (0..<count).map { _ in random.below(limit) }, shape: type.shape, dtype: type.dtype)
  }
}
