import TandemArray
import Testing

@testable import TandemOps

/// Gradients of elementwise functions at infinities, NaN, zeros of both signs, denormals and where
/// they overflow, against PyTorch and mpmath: `Tests/Fixtures/gradient_edges.py`.
@Suite struct GradientEdgeTests {
  private static let least = Double.leastNonzeroMagnitude
  private static let normal = Double.leastNormalMagnitude
  /// 10⁻³¹⁰, which as a literal is warned about.
  private static let denormal = 1e-300 / 1e10
  private static let edges: [Double] = [
    .nan, .infinity, -.infinity, 0, -0.0, least, -least, denormal, normal, 0.5, -0.5, 1, -1, 709,
    -709, 745.2, -745.2, 1e300, -1e300,
  ]
  private static let pairs: [Double] = [
    .nan, .infinity, -.infinity, 0, -0.0, normal, -denormal, 1, -1, 2, 0.5, -3, 1e300,
  ]

  static let unary: [String: @Sendable (NDArray) -> NDArray] = [
    "abs": { $0.abs() }, "acos": { $0.acos() }, "asin": { $0.asin() },
    "atan": { $0.atan() }, "cos": { $0.cos() }, "cosh": { $0.cosh() }, "erf": { $0.erf() },
    "exp": { $0.exp() }, "expm1": { $0.expm1() }, "gelu": { $0.gelu() }, "log": { $0.log() },
    "log10": { $0.log10() }, "log1p": { $0.log1p() }, "log2": { $0.log2() }, "negate": { -$0 },
    "reciprocal": { $0.reciprocal() }, "relu": { $0.relu() }, "rsqrt": { $0.rsqrt() },
    "sigmoid": { $0.sigmoid() }, "silu": { $0.silu() }, "sin": { $0.sin() },
    "sinh": { $0.sinh() }, "softplus": { $0.softplus() }, "sqrt": { $0.sqrt() },
    "squared": { $0.squared() }, "tan": { $0.tan() }, "tanh": { $0.tanh() },
    "atanh": { $0.atanh() }, "erfinv": { $0.erfinv() }, "logSigmoid": { $0.logSigmoid() },
    "logGamma": { $0.logGamma() }, "degrees": { $0.degrees() }, "radians": { $0.radians() },
    "acosh": { $0.acosh() }, "asinh": { $0.asinh() }, "cbrt": { $0.cbrt() },
    "rcbrt": { $0.rcbrt() }, "softsign": { $0.softsign() }, "mish": { $0.mish() },
    "gamma": { $0.gamma() }, "digamma": { $0.digamma() },
    "polygamma": { $0.polygamma(order: 1) }, "hardSigmoid": { $0.hardSigmoid() },
    "smoothL1": { $0.smoothL1() }, "nanToNumber": { $0.nanToNumber() },
    "ldexp": { $0.ldexp(3) },
  ]

  static let binary: [String: @Sendable (NDArray, NDArray) -> NDArray] = [
    "add": { $0 + $1 }, "subtract": { $0 - $1 }, "multiply": { $0 * $1 }, "divide": { $0 / $1 },
    "maximum": { $0.maximum($1) }, "minimum": { $0.minimum($1) }, "power": { $0.power($1) },
    "atan2": { $0.atan2($1) }, "hypot": { $0.hypot($1) },
    "remainder": { $0.remainder($1) }, "fmod": { $0.fmod($1) }, "fmax": { $0.fmax($1) },
    "fmin": { $0.fmin($1) }, "copySign": { $0.copySign($1) }, "logAddExp": { $0.logAddExp($1) },
  ]

  /// Where Tandem promises something else than PyTorch gives.
  private static func isOurs(_ name: String, _ at: [Double]) -> Bool {
    switch name {
    // The sign of NaN is NaN, as NumPy's, not zero.
    case "abs", "smoothL1": at[0].isNaN
    // No side of NaN is the one that flows.
    case "relu", "maximum", "minimum": at.contains { $0.isNaN }
    // Zero at the origin.
    case "hypot": at == [0, 0]
    default: false
    }
  }

  /// What Tandem promises there, if that is neither zero nor NaN for a reason of its argument.
  private static func fixed(_ name: String, _ at: [Double], _ argument: Int = 0) -> Double? {
    switch name {
    // Where the remainder is NaN, how often the divisor fits is too.
    case "fmod" where argument == 1 && (at[0].isInfinite || at[1] == 0): .nan
    // The sign of an infinity, where PyTorch divides infinities.
    case "copySign" where argument == 0 && at[0].isInfinite:
      (at[0].sign == at[1].sign) ? 1 : -1
    // A half each of equal infinities.
    case "logAddExp" where at[0].isInfinite && at[0] == at[1]: 0.5
    // Of order two at zero as SciPy's.
    case "polygamma" where at[0] == 0: at[0].sign == .minus ? .infinity : -.infinity
    default: nil
    }
  }

  /// Differentiable elementwise operators without a line in the file, and why.
  private static let reasons = [
    "cast": "passes dy on in another dtype",
    "clip": "has its line in gradient_ranges.txt",
    "full": "its input is one number",
    "geluGradient": "is the gradient that gelu's line shows",
    "reluGradient": "is the gradient that relu's line shows",
    "where": "has its line in gradient_ranges.txt",
  ]

  /// The file has each elementwise operator of the catalog that has a gradient, and no other.
  @Test func namesAreThoseOfTheCatalog() throws {
    let differentiable = Catalog.elementwise.filter { !($0 is any NonDifferentiableOp.Type) }
    let lines = try FixtureText.read("gradient_edges").split(separator: "\n")
    let names = lines.map { String($0.prefix { $0 != "\t" }) }
    #expect(Set(names).count == names.count)
    #expect(Set(names).isDisjoint(with: Self.reasons.keys))
    #expect(Set(names).union(Self.reasons.keys) == Set(differentiable.map { $0.name }))
  }

  /// Whether two numbers are the same but for rounding.
  private static func isSame(_ a: Double, _ b: Double) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    return a == b || abs(a - b) <= max(1e-12 * abs(b), 2_000 * least)
  }

  @Test func gradientsAtTheEdges() throws {
    let lines = try FixtureText.read("gradient_edges").split(separator: "\n")
    #expect(lines.count == GradientEdgeTests.unary.count + GradientEdgeTests.binary.count)
    for line in lines {
      let fields = line.split(separator: "\t")
      let (inputs, found) = try GradientEdgeTests.gradients(of: String(fields[0]))
      for (argument, expected) in fields.dropFirst().enumerated() {
        let numbers = try expected.split(separator: ";").map { try #require(Double($0)) }
        let values: [Double] = found[argument].scalars()
        #expect(values.count == numbers.count)
        for place in numbers.indices {
          let at = inputs.map { $0[place] }
          let (value, expected) = (values[place], numbers[place])
          if let ours = Self.fixed(String(fields[0]), at, argument) {
            #expect(Self.isSame(value, ours), "\(fields[0]), argument \(argument) at \(at)")
            continue
          }
          if GradientEdgeTests.isOurs(String(fields[0]), at) {
            #expect(value.isNaN == ["abs", "smoothL1"].contains(fields[0]))
            #expect(value.isNaN || value == 0)
            continue
          }
          if GradientEdgeTests.isSame(value, expected) { continue }
          let text = "\(fields[0]), argument \(argument) at \(at)"
          Issue.record("\(text): \(value), expected \(expected)")
        }
      }
    }
  }

  /// The inputs and the gradients of a function.
  private static func gradients(of name: String) throws -> ([[Double]], [NDArray]) {
    if let function = unary[name] {
      let slope = gradient(of: { function($0).sum() })(NDArray(edges))
      return ([edges], [slope])
    }
    let function = try #require(binary[name])
    let inputs = [pairs.flatMap { a in pairs.map { _ in a } }, pairs.flatMap { _ in pairs }]
    let (_, slopes) = valueAndGradients(
      of: { function($0[0], $0[1]).sum() }, at: inputs.map { NDArray($0) })
    return (inputs, slopes)
  }
}
