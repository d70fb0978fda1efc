import TandemOps
import TestSupport

/// An operator at a point where its gradient shall be checked.
struct GradientCase: Sendable {
  /// Where the numbers of an input lie.
  enum Domain: Sendable {
    /// Floats between two numbers.
    case between(Double, Double)
    /// Distinct floats, each at least a tenth away from the others, from zero and from the middle
    /// between whole numbers: for what is not smooth there.
    case apart
    /// Symmetric positive definite matrices.
    case positiveDefinite
    /// Triangular matrices with a diagonal away from zero.
    case lowerTriangular
    /// These integers, as int64.
    case integers([Int])
    /// These truth values.
    case truths([Bool])
    /// These floats.
    case exactly([Double])
  }

  let op: any Op
  let inputs: [(shape: Shape, domain: Domain)]
  /// Which inputs are varied; all floats if `nil`.
  let varied: [Int]?
  /// Which outputs count; all floats if `nil`.
  let outputs: [Int]?

  init(
    _ op: any Op, _ inputs: [(Shape, Domain)], varied: [Int]? = nil, outputs: [Int]? = nil
  ) {
    self.op = op
    self.inputs = inputs.map { (shape: $0.0, domain: $0.1) }
    (self.varied, self.outputs) = (varied, outputs)
  }

  /// The same operator with the same domain for shapes of every kind of broadcasting.
  static func broadcasting(
    _ op: any Op, _ first: Domain, _ second: Domain
  ) -> [GradientCase] {
    let shapes: [(Shape, Shape)] = [
      ([2, 3], [2, 3]), ([3], [2, 3]), ([2, 1], [1, 3]), ([], [4]), ([2, 1, 2], [3, 1]), ([], []),
    ]
    return shapes.map { GradientCase(op, [($0, first), ($1, second)]) }
  }

  /// The same operator on arrays of several ranks.
  static func shapes(_ op: any Op, _ domain: Domain) -> [GradientCase] {
    [[], [5], [2, 3]].map { GradientCase(op, [($0, domain)]) }
  }
}

extension GradientCase.Domain {
  /// An input of the given shape, float64 unless the domain says otherwise.
  func array<A: TestArray>(_ shape: Shape, _ random: inout SplitMix) -> A {
    let count = shape.elementCount
    switch self {
    case .between(let low, let high):
      return .doubles((0..<count).map { _ in Double.random(in: low...high, using: &random) }, shape)
    case .apart:
      let steps = Array(0..<count).shuffled(using: &random)
      return .doubles(steps.map { (Double($0) - Double(count) / 2) * 0.6 + 0.17 }, shape)
    case .positiveDefinite:
      let a: A = GradientCase.Domain.between(-1, 1).array(shape, &random)
      let identity = A.doubles([Double](repeating: 1, count: shape[-1]), [shape[-1]])
      let square = a.matmul(a.matrixTransposed())
      return .apply(Add(), square, identity.diagonalMatrix(), at: .unknown)
    case .lowerTriangular:
      let a: A = GradientCase.Domain.between(-1, 1).array(shape, &random)
      let two = A.doubles([Double](repeating: 2, count: shape[-1]), [shape[-1]])
      return .apply(Add(), a.triangularLower(offset: -1), two.diagonalMatrix(), at: .unknown)
    case .integers(let values):
      return A(values.map { ScalarValue($0, .int64) }, shape: shape, dtype: .int64)
    case .truths(let values):
      return A(values.map { ScalarValue($0 ? 1 : 0, .int64) }, shape: shape, dtype: .bool)
    case .exactly(let values): return .doubles(values, shape)
    }
  }
}

extension TestArray {
  /// A float64 array.
  static func doubles(_ values: [Double], _ shape: Shape) -> Self {
    Self(values.map { ScalarValue($0, .float64) }, shape: shape, dtype: .float64)
  }

  /// The elements as `Double`.
  var doubles: [Double] { scalars.map(\.double) }
}
