import TandemArray
import Testing

@testable import TandemNN

/// Layers against PyTorch: outputs, and gradients of inputs and parameters.
@Suite struct LayerFixtureTests {
  @Test func fixtureIsThere() { #expect(LayerCase.all.count == 45) }

  @Test("output and gradients are PyTorch's", arguments: LayerCase.all)
  func values(_ expected: LayerCase) throws {
    let layer = try expected.make()
    let x = NDArray(expected.input).reshaped(Shape(expected.inputShape))
    let c = NDArray(expected.cotangent).reshaped(Shape(expected.outputShape))
    let y = expected.inMode { layer(x) }  // lengths that were not declared are inferred here
    #expect(y.type == .float32(Shape(expected.outputShape)))
    #expect(Set(layer.parameters.map(\.path)) == Set(expected.parameters.keys))
    for (path, parameter) in layer.parameters {
      let values = try #require(expected.parameters[path])
      #expect(parameter.value.shape == Shape(values.shape), "\(path)")
      parameter.value = NDArray(values.value).reshaped(Shape(values.shape))
    }
    expectClose(expected.inMode { layer(x) }, expected.output, "output")

    if !layer.parameters.isEmpty { record { expected.inMode { (layer(x) * c).sum() } }.backward() }
    for (path, parameter) in layer.parameters {
      let gradient = try #require(parameter.gradient, "\(path)")
      expectClose(gradient, try #require(expected.parameters[path]).gradient, path)
    }
    let slope = gradient(of: { x in expected.inMode { (layer(x) * c).sum() } })(x)
    expectClose(slope, expected.inputGradient, "input gradient")
  }
}
