import TandemArray
import TandemOps
import TestSupport
import Testing

/// The NumPy-style namespace: what NumPy gives, compiled runs with the same bits, and gradients.
@Suite struct NamespaceTests {
  /// The fixture files, one for each group of names.
  static let files = [
    "namespace", "namespace_values", "namespace_signals", "namespace_matrices",
    "namespace_complex", "namespace_fourier",
  ]

  static let functions = Dictionary(
    uniqueKeysWithValues: [
      NamespaceFunction.creation, NamespaceFunction.movement, NamespaceFunction.selection,
      NamespaceFunction.statistics, NamespaceFunction.sets, NamespaceFunction.numbers,
      NamespaceFunction.signals, NamespaceFunction.matrices, NamespaceFunction.complex,
      NamespaceFunction.fourier,
    ].flatMap { $0 }.map { ($0.name, $0) })

  @Test(arguments: files)
  func agreesWithNumPy(file name: String) throws {
    let file = try FixtureFile(name)
    var complaints: [String] = []
    for item in file.cases {
      let function = try #require(NamespaceTests.functions[item.operator], "\(item.operator)")
      let inputs = item.inputs.map { NDArray(file.scalars($0), shape: $0.shape, dtype: $0.type) }
      let outputs = function.apply(inputs, NamespaceForm(item.form))
      complaints += file.check(item, inputs, outputs: outputs)
    }
    #expect(
      complaints.isEmpty, "\(complaints.count): \(complaints.prefix(20).joined(separator: "\n"))")
  }

  @Test(arguments: files)
  func compiledRunsGiveTheSameBits(file name: String) throws {
    let file = try FixtureFile(name)
    for item in file.cases {
      let function = try #require(NamespaceTests.functions[item.operator])
      if function.checks == .eagerOnly { continue }
      let inputs = item.inputs.map { NDArray(file.scalars($0), shape: $0.shape, dtype: $0.type) }
      let form = NamespaceForm(item.form)
      let compiled = compile { (arrays: [NDArray]) in function.apply(arrays, form) }
      for (x, y) in zip(function.apply(inputs, form), compiled(inputs)) {
        let same = try x.withUnsafeBytes { Array($0) } == y.withUnsafeBytes { Array($0) }
        #expect(same && x.type == y.type, "\(item.operator)(\(item.form)): \(x), compiled \(y)")
      }
    }
  }

  @Test(arguments: files)
  func gradientsAgreeWithDifferences(file name: String) throws {
    let file = try FixtureFile(name)
    for item in file.cases {
      let function = try #require(NamespaceTests.functions[item.operator])
      let varied = item.inputs.indices.filter { item.inputs[$0].type == .float64 }
      if function.checks != .compiledAndGradient || varied.isEmpty { continue }
      let inputs = item.inputs.map { NDArray(file.scalars($0), shape: $0.shape, dtype: $0.type) }
      let check = checkGradient(
        of: { arguments in
          var all = inputs
          for (place, argument) in zip(varied, arguments) { all[place] = argument }
          return NamespaceTests.weighted(function.apply(all, NamespaceForm(item.form)))
        }, at: varied.map { inputs[$0] }, seed: 5)
      #expect(
        check.error < 1e-6,
        "\(item.operator)(\(item.form)): \(check.analytic), not \(check.numeric)")
    }
  }

  /// A number that depends on every floating-point result, on each in its own way.
  private static func weighted(_ results: [NDArray]) -> NDArray {
    let sums = results.filter { $0.dtype == .float64 && $0.count > 0 }.map { result in
      let flat = NDArray.where(result.isFinite(), result, 0).flattened()
      return (flat * NDArray.linspace(0.5, 1.75, count: flat.count, dtype: .float64)).sum()
    }
    return sums.dropFirst().reduce(sums.first ?? NDArray(0, dtype: .float64)) { $0 + $1 }
  }

  /// Every function has a fixture, and every one whose gradient is claimed one in float64.
  @Test func coversTheFunctions() throws {
    var covered: Set<String> = []
    var inFloat64: Set<String> = []
    for name in NamespaceTests.files {
      for item in try FixtureFile(name).cases {
        covered.insert(item.operator)
        if item.inputs.contains(where: { $0.type == .float64 }) { inFloat64.insert(item.operator) }
      }
    }
    for function in NamespaceTests.functions.values {
      #expect(covered.contains(function.name), "\(function.name) has no fixture")
      #expect(
        function.checks != .compiledAndGradient || inFloat64.contains(function.name),
        "\(function.name) has no fixture in float64")
    }
  }
}
