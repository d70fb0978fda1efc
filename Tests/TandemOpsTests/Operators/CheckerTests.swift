import TandemOps
import TestSupport
import Testing

/// The checks find what they are there to find.
@Suite struct CheckerTests {
  /// The square with a derivative that is slightly wrong.
  private struct WrongSquare: UnaryOp {
    static let name = "wrongSquare"

    static func computeDType(_ promoted: DType) throws(ShapeError) -> DType { promoted }

    func element(_ x: LoopValue) -> LoopValue { x * x }

    func derivative(x: Symbol, y: Symbol) -> Symbol? { x * 2.000_01 }
  }

  @Test func findsWrongGradients() {
    var random = SplitMix(seed: 1)
    let item = GradientCase(WrongSquare(), [([4], .between(1, 2))])
    #expect(item.complaint(in: DirectArray.self, &random) != nil)
    let right = GradientCase(Square(), [([4], .between(1, 2))])
    #expect(right.complaint(in: DirectArray.self, &random) == nil)
  }

  @Test func findsWrongElements() throws {
    let file = try FixtureFile("elementwise")
    for item in file.cases where item.operator == "sin" && item.inputs[0].type.isFloatingPoint {
      let input: DirectArray = MemoryOrder.rowMajor.array(
        file.scalars(item.inputs[0]), item.inputs[0].shape, item.inputs[0].type)
      #expect(file.check(item, [input]).isEmpty)
      #expect(!file.check(item, [input], outputs: [input.cos()]).isEmpty)
      #expect(!file.check(item, [input], outputs: [input.flipped()]).isEmpty)
      #expect(!file.check(item, [input], outputs: [input.isNaN()]).isEmpty)
    }
  }

  @Test func countsUnits() throws {
    let item = FixtureFile.Case("exp\t\t2\t0\tfloat32 1 f4 0\t->\tfloat32 1 f8 0")
    func complaint(_ actual: Double, _ expected: Double) -> String? {
      item.complaint(ScalarValue(actual, .float32), ScalarValue(expected, .float64), .float32)
    }
    let unit = 0x1p-23
    #expect(complaint(1 + 2 * unit, 1) == nil)
    #expect(complaint(1 + 3 * unit, 1) != nil)
    #expect(complaint(.nan, 1) != nil)
    #expect(complaint(1, .nan) != nil)
    #expect(complaint(.nan, .nan) == nil)
    #expect(complaint(.infinity, 1e39) == nil)
    #expect(complaint(-.infinity, 1e39) != nil)
    #expect(complaint(0, 0x1p-149) == nil)
    #expect(complaint(0, 0x4p-149) != nil)
  }
}
