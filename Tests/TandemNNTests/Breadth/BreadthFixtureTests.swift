import Foundation
import TandemArray
import Testing

@testable import TandemNN

/// Layers against PyTorch, eager and compiled, with gradients that replace and that add.
@Suite struct BreadthFixtureTests {
  @Test func fixtureIsThere() { #expect(BreadthCase.all.count == 160) }

  /// The layer with the fixture's parameters, all of them trainable.
  private func prepared(_ expected: BreadthCase) throws -> any Layer {
    let layer = try expected.make()
    let x = expected.input
    // Lengths that were not declared are inferred here; weights are random, but always the same.
    let y = withSeed(1) { expected.inMode { layer(x) } }
    #expect(y.type == .float32(Shape(expected.outputShape)))
    layer.unfreeze()
    try expected.setParameters(of: layer)
    for (_, cell) in layer.stateCells where cell.name.hasPrefix("running") {
      cell.value = cell.name == "runningMean" ? .zeros(like: cell.value) : .ones(like: cell.value)
    }
    return layer
  }

  @Test("output and gradients are PyTorch's", arguments: BreadthCase.all)
  func values(_ expected: BreadthCase) throws {
    let layer = try prepared(expected)
    let (x, c) = (expected.input, expected.cotangent)
    expectClose(expected.inMode { layer(x) }, expected.output, "output")
    if expected.layer != "step" {
      let slope = gradient(of: { x in expected.inMode { (layer(x) * c).sum() } })(x)
      expectClose(slope, expected.inputGradient, "input gradient")
    }
    guard !layer.parameters.isEmpty else { return }
    record { expected.inMode { (layer(x) * c).sum() } }.backward()
    for (path, parameter) in layer.parameters {
      let found = try #require(parameter.gradient, "\(path)")
      expectClose(found, try #require(expected.parameters[path]).gradient, path)
    }
  }

  @Test("a gradient that adds is twice one that replaces", arguments: BreadthCase.all)
  func adding(_ expected: BreadthCase) throws {
    let layer = try prepared(expected)
    guard !layer.parameters.isEmpty, !layer.stateCells.contains(where: { $0.path == "left" })
    else { return }
    func backward() {
      record { expected.inMode { (layer(expected.input) * expected.cotangent).sum() } }.backward()
    }
    backward()
    let once = layer.parameters.map { $0.parameter.gradient }
    for (_, parameter) in layer.parameters { parameter.accumulatesGradient = true }
    backward()
    for (first, item) in zip(once, layer.parameters) {
      let single = try #require(first)
      let both = try #require(item.parameter.gradient)
      #expect((single * 2).scalars(as: Float.self) == both.scalars(as: Float.self), "\(item.path)")
    }
  }

  @Test("compiled layers give the bits of eager ones, gradients too", arguments: BreadthCase.all)
  func compiled(_ expected: BreadthCase) throws {
    let (eager, other) = (try prepared(expected), try prepared(expected))
    let (x, c) = (expected.input, expected.cotangent)
    @Sendable func step(_ layer: any Layer, _ x: NDArray) -> [NDArray] {
      let y = expected.inMode { layer(x) }
      if expected.layer == "step" { return [y] }
      let slope = gradient(of: { x in expected.inMode { (layer(x) * c).sum() } })(x)
      guard !layer.parameters.isEmpty else { return [y, slope] }
      record { expected.inMode { (layer(x) * c).sum() } }.backward()
      return [y, slope] + layer.parameters.compactMap { $0.parameter.gradient }
    }
    let region = compile(mutating: other) { (x: NDArray) in step(other, x) }
    for _ in 0..<2 {
      for (a, b) in zip(step(eager, x), region(x)) {
        #expect(a.scalars(as: Float.self) == b.scalars(as: Float.self))
      }
    }
  }

  @Test("layers without parameters keep the dtype of what they are given", arguments: plain)
  func dtypes(_ expected: BreadthCase) throws {
    let layer = try expected.make()
    for (dtype, digits) in [(DType.float64, 20.0), (.float16, 9), (.bfloat16, 6)] {
      let y = expected.inMode { layer(expected.input.cast(to: dtype)) }
      #expect(y.dtype == dtype)
      let scale = max(1, expected.output.map(abs).max() ?? 0)
      let worst = zip(y.scalars(as: Double.self), expected.output).map { abs($0 - $1) }.max() ?? 0
      // Steps and shrinkers jump, and rounding may take an element over the edge.
      let bound = Self.jumping.contains(expected.layer) ? 1 : 0x1p3 * pow(2, -digits)
      #expect(worst <= bound * scale, "\(dtype): off by \(worst)")
    }
  }

  private static let jumping: Set<String> = ["step", "hardShrink", "threshold"]

  /// The cases of layers that have no parameters.
  static let plain = BreadthCase.all.filter {
    $0.parameters.isEmpty && !$0.layer.hasPrefix("rmsNorm") && !$0.layer.hasPrefix("batchNorm")
  }
}
