import TandemArray
import TandemOps
import TestSupport
import Testing

/// Gradients of the methods that are made of several operators, at the numbers of their fixtures,
/// against differences.
@Suite struct MethodGradientTests {
  /// Methods whose results do not move with their input: places, ranks.
  static let flat: Set<String> = ["argMaxOfAll", "matrixRank"]

  /// Operators of fixtures that are not of the catalog and have a gradient; every one of them has a
  /// case that is checked.
  static func methods() throws -> Set<String> {
    Set(try FixtureFile.names.flatMap { try FixtureFile($0).cases.map(\.operator) })
      .filter { !FixtureFile.isOperator($0) && !flat.contains($0) }
  }

  @Test func agreesWithDifferences() throws {
    var checked: Set<String> = []
    // Cases in float64 first; the numbers of others are as exact there.
    for (name, type) in FixtureFile.names.flatMap({ [($0, DType.float64), ($0, .float32)] }) {
      let file = try FixtureFile(name)
      for item in file.cases where !FixtureFile.isOperator(item.operator) {
        guard item.inputs.allSatisfy({ $0.type == type && $0.shape.elementCount > 1 }),
          !MethodGradientTests.flat.contains(item.operator),
          checked.insert(item.operator).inserted
        else { continue }
        let inputs = item.inputs.map { NDArray(file.scalars($0), shape: $0.shape, dtype: .float64) }
        let check = checkGradient(of: { loss(item.apply($0)) }, at: inputs, seed: 3)
        #expect(check.error < 1e-6, "\(item.operator)(\(item.form)): \(check)")
      }
    }
    #expect(try MethodGradientTests.methods().subtracting(checked) == [])
  }

  /// A number that depends on every floating-point result, on each element in its own way.
  private func loss(_ results: [NDArray]) -> NDArray {
    let sums = results.filter { $0.dtype == .float64 && $0.count > 0 }.map { result in
      (result.flattened() * NDArray.linspace(0.5, 1.75, count: result.count, dtype: .float64)).sum()
    }
    return sums.dropFirst().reduce(sums[0]) { $0 + $1 }
  }
}
