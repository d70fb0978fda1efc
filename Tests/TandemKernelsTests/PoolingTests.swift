import TandemKernels
import TandemShapes
import TandemThreads
import Testing

@Suite struct PoolingTests {
  static func words(_ geometry: PoolGeometry, _ input: Shape) -> String? {
    do throws(ShapeError) {
      _ = try geometry.outputShape(for: input)
      return nil
    } catch {
      return error.message
    }
  }

  @Test func shapesFollowTheRule() throws {
    #expect(try PoolGeometry(window: [2, 2]).outputShape(for: [1, 3, 7, 8]) == [1, 3, 3, 4])
    let ceil = PoolGeometry(window: [2], ceilMode: true)
    #expect(try ceil.outputShape(for: [1, 1, 7]) == [1, 1, 4])
    let leftOut = PoolGeometry(window: [2], stride: [3], paddingBegin: [1], ceilMode: true)
    #expect(try leftOut.outputShape(for: [1, 1, 5]) == [1, 1, 2])
  }

  @Test func wrongShapesAreExplained() {
    #expect(
      Self.words(PoolGeometry(window: [2, 2, 2, 2]), [1])
        == "pool: one to three window axes are needed: window [2, 2, 2, 2]")
    #expect(
      Self.words(PoolGeometry(window: [2, 2]), [1, 3, 4])
        == "pool: the input needs 4 axes for window [2, 2]: [1, 3, 4]")
    #expect(
      Self.words(PoolGeometry(window: [2, 2], stride: [1]), [1, 3, 4, 4])
        == "pool: window and stride differ in axes: [2, 2], [1]")
    #expect(
      Self.words(PoolGeometry(window: [2], stride: [0]), [1, 3, 4])
        == "pool: stride must be positive: [0]")
    #expect(
      Self.words(PoolGeometry(window: [2], paddingBegin: [2]), [1, 3, 4])
        == "pool: padding must be shorter than the window: padding 2 and 2, "
        + "window reaches over 2")
    #expect(
      Self.words(PoolGeometry(window: [3], dilation: [2]), [1, 3, 4])
        == "pool: the window reaches over 5 but axis 2 is 4 long with padding 0 and 0")
  }

  @Test func bfloat16AgreesWithFloat() {
    var random = PhiloxGenerator(RandomKey(seed: 2))
    let values = (0..<2 * 3 * 6 * 7).map { _ in Double(Int.random(in: -8..<8, using: &random)) }
    let geometry = PoolGeometry(window: [2, 3], stride: [2, 1], paddingBegin: [1, 1])
    let shape: Shape = [2, 3, 4, 7]
    var results: [[Double]] = []
    for dtype in [DType.float32, .bfloat16] {
      let (x, y) = (SampleArray(values, [2, 3, 6, 7], dtype), SampleArray(shape, dtype))
      #expect(failure(of: MaxPool(geometry), [y, x]) == nil)
      let dx = SampleArray([2, 3, 6, 7], dtype)
      #expect(failure(of: MaxPoolBackward(geometry), [dx, y, x]) == nil)
      results.append(y.values + dx.values)
    }
    #expect(results[0] == results[1])
  }

  @Test func emptyBatches() {
    let (x, y) = (SampleArray([0, 3, 4, 4], .float32), SampleArray([0, 3, 2, 2], .float32))
    #expect(failure(of: MaxPool(PoolGeometry(window: [2, 2])), [y, x]) == nil)
    #expect(failure(of: AveragePool(PoolGeometry(window: [2, 2])), [y, x]) == nil)
  }
}
