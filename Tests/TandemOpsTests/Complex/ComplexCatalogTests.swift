import TandemArray
import TandemOps
import Testing

/// Every operator given complex numbers: a refusal with its name, or what it makes of the same real
/// numbers, without an imaginary part.
@Suite struct ComplexCatalogTests {
  @Test(arguments: FixtureFile.names)
  func refusesOrComputes(file name: String) throws {
    let file = try FixtureFile(name)
    var (computed, refused): (Set<String>, Set<String>) = ([], [])
    // Of the bytes of complex numbers there are twice as many.
    for item in file.cases
    where FixtureFile.isOperator(item.operator) && item.operator != "bitCast" {
      let inputs = item.inputs.map { NDArray(file.scalars($0), shape: $0.shape, dtype: $0.type) }
      for places in Self.choices(inputs) {
        var complex = inputs
        for place in places { complex[place] = inputs[place].cast(to: inputs[place].dtype.complex) }
        do {
          _ = try item.op.checkedOutputTypes(for: TensorTypes(complex.map(\.type)))
        } catch {
          #expect(error.message.hasPrefix("\(item.operator): "), "\(error.message)")
          refused.insert(item.operator)
          continue
        }
        computed.insert(item.operator)
        for (real, other) in zip(item.apply(inputs), item.apply(complex)) {
          if let words = Self.difference(real, other) {
            Issue.record("\(item.operator)(\(item.form)): \(words)")
          }
        }
      }
    }
    if name == "elementwise" {
      #expect(computed.isSuperset(of: ["add", "multiply", "exp", "equal", "abs"]))
      #expect(refused.isSuperset(of: ["log", "less", "maximum", "sin"]))
    }
  }

  /// Which float inputs are made complex: each by itself, and all.
  private static func choices(_ inputs: [NDArray]) -> [[Int]] {
    let floats = inputs.indices.filter { [.float32, .float64].contains(inputs[$0].dtype) }
    return floats.isEmpty ? [] : floats.count == 1 ? [floats] : floats.map { [$0] } + [floats]
  }

  /// What is wrong with a complex result, if anything. Infinities and NaN of a part spread to the
  /// other one, as they do in NumPy.
  private static func difference(_ real: NDArray, _ complex: NDArray) -> String? {
    guard real.shape == complex.shape else { return "\(real.type), \(complex.type)" }
    let (expected, found) = (real.scalars(as: Complex.self), complex.scalars(as: Complex.self))
    let tolerance = complex.dtype.part == .float64 && real.dtype == .float64 ? 1e-12 : 1e-5
    for (x, z) in zip(expected, found) where x.real.isFinite && z.real.isFinite {
      let allowed = tolerance * max(1e-30, abs(x.real))
      if abs(x.real - z.real) > allowed || abs(z.imaginary) > allowed {
        return "\(z), not \(x.real)"
      }
    }
    return nil
  }
}
