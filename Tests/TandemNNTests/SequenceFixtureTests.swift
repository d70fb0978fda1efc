import TandemArray
import Testing

@testable import TandemNN

/// Recurrent layers, attention and transformers against PyTorch: outputs, and gradients of inputs
/// and parameters, written and added; compiled, the same bits.
@Suite struct SequenceFixtureTests {
  @Test func fixtureIsThere() { #expect(SequenceCase.all.count == 90) }

  @Test("outputs and gradients are PyTorch's", arguments: SequenceCase.all)
  func values(_ expected: SequenceCase) throws {
    let made = try expected.make()
    let inputs = expected.inputs.mapValues(\.array)
    let first = made.call(inputs)  // lengths that were not declared are inferred here
    #expect(first.map(\.shape.array) == expected.outputs.map(\.shape))
    let parameters = try fill(made, expected)
    for (index, output) in made.call(inputs).enumerated() {
      expectClose(output, expected.outputs[index].value, "output \(index)")
    }
    try checkParameters(made, expected, inputs, parameters)
    for name in expected.floats {
      let slope = gradient(of: { x in
        total(made, expected, inputs.merging([name: x]) { $1 })
      })(inputs[name] ?? 0)
      expectClose(slope, expected.inputs[name]?.gradient ?? [], "gradient of \(name)")
    }
  }

  @Test("compiled, the bits are the eager ones", arguments: SequenceCase.all)
  func compiled(_ expected: SequenceCase) throws {
    let made = try expected.make()
    let inputs = expected.inputs.mapValues(\.array)
    _ = made.call(inputs)
    let parameters = try fill(made, expected)
    @Sendable func step(_ inputs: [String: NDArray]) -> [NDArray] {
      let (outputs, sum) = record {
        let outputs = made.call(inputs)
        return (outputs, SequenceFixtureTests.weighed(outputs, expected))
      }
      if !parameters.isEmpty { sum.backward() }
      return outputs + parameters.compactMap(\.parameter.gradient)
    }
    func bits(_ arrays: [NDArray]) -> [[UInt32]] {
      arrays.map { $0.scalars(as: Float.self).map(\.bitPattern) }
    }
    let eager = bits(step(inputs))
    let region = compile(mutating: made.model) { (inputs: [String: NDArray]) in step(inputs) }
    for _ in 0..<2 { #expect(bits(region(inputs)) == eager) }
  }

  private typealias Named = [(path: String, parameter: Parameter)]

  /// Gives the parameters the case's values.
  private func fill(_ made: SequenceModel, _ expected: SequenceCase) throws -> Named {
    let found = TandemArray.parameters(of: made.model)
    #expect(Set(found.map(\.path)) == Set(expected.parameters.keys))
    for (path, parameter) in found {
      parameter.value = try #require(expected.parameters[path], "\(path)").array
    }
    return found
  }

  /// Gradients, written by the first pass and added to by the second.
  private func checkParameters(
    _ made: SequenceModel, _ expected: SequenceCase, _ inputs: [String: NDArray],
    _ parameters: Named
  ) throws {
    if parameters.isEmpty { return }
    // A gradient that is zero but for rounding is as large as the others' rounding.
    let largest = expected.parameters.values.flatMap { $0.gradient ?? [] }.map(abs).max() ?? 0
    for pass in 1...2 {
      parameters.forEach { $0.parameter.accumulatesGradient = pass == 2 }
      record { total(made, expected, inputs) }.backward()
      for (path, parameter) in parameters {
        let gradient = try #require(parameter.gradient, "\(path)")
        let wanted = (expected.parameters[path]?.gradient ?? []).map { $0 * Double(pass) }
        let values = gradient.scalars(as: Double.self)
        let worst = zip(values, wanted).map { abs($0 - $1) }.max() ?? 0
        #expect(values.count == wanted.count, "\(path)")
        #expect(
          worst <= max(largest, 1) * Double(pass) * 0x1p-17,
          "\(path), pass \(pass): off by \(worst)")
      }
    }
    parameters.forEach { $0.parameter.accumulatesGradient = false }
  }

  private func total(
    _ made: SequenceModel, _ expected: SequenceCase, _ inputs: [String: NDArray]
  ) -> NDArray { SequenceFixtureTests.weighed(made.call(inputs), expected) }

  private static func weighed(_ outputs: [NDArray], _ expected: SequenceCase) -> NDArray {
    let sums = zip(outputs, expected.outputs).map { ($0 * $1.cotangent).sum() }
    return sums.dropFirst().reduce(sums[0]) { $0 + $1 }
  }
}
