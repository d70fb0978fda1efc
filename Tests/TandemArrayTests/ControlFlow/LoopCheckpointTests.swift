import TandemArray
import TandemGraph
import Testing

/// The way back through a loop, when the carries of all its calls do not fit into memory.
@Suite struct LoopCheckpointTests {
  /// The gradients of `y ← sin(y·w)`, so many times.
  private func gradients(_ count: Int, byteCountMax: Int) throws -> [[UInt8]] {
    let builder = GraphBuilder()
    let body = (0..<2).map { _ in builder.input(TensorType(Shape(), .float64)) }
    let next = (body[0] * body[1]).sin()
    let back = GraphBuilder()
    // dy, dw, y, w
    let s = (0..<4).map { _ in back.input(TensorType(Shape(), .float64)) }
    let slope = s[0] * (s[2] * s[3]).cos()
    var op = WhileLoopGradient(
      body: Subgraph(builder.graph(outputs: [next])),
      step: Subgraph(back.graph(outputs: [slope * s[3], s[1] + slope * s[2]])), slopes: [0],
      sums: [0], carryCount: 1, captureCount: 1, conditionDraws: 0, hasKey: false)
    op.byteCountMax = byteCountMax
    let inputs = [
      NDArray(0.5, dtype: .float64), NDArray(1.25, dtype: .float64), NDArray(count, dtype: .int64),
      NDArray(1, dtype: .float64),
    ]
    let results = NDArray.apply(op, inputs: inputs, at: .unknown)
    return try results.map { try $0.withUnsafeBytes { Array($0) } }
  }

  @Test(arguments: [0, 1, 2, 7, 8, 9, 63, 64, 65, 700, 5000])
  func theSameBitsAsWithAllOfThem(count: Int) throws {
    let all = try gradients(count, byteCountMax: 1 << 30)
    #expect(try gradients(count, byteCountMax: 1) == all)
    #expect(try gradients(count, byteCountMax: 8 * 50) == all)
    // A loop in Swift, forwards and back.
    var ys = [0.5]
    for _ in 0..<count { ys.append(NDArray(ys[ys.count - 1] * 1.25, dtype: .float64).sin().item()) }
    var (dy, dw) = (1.0, 0.0)
    for y in ys.dropLast().reversed() {
      let slope = dy * NDArray(y * 1.25, dtype: .float64).cos().item()
      (dy, dw) = (slope * 1.25, dw + slope * y)
    }
    let found = all.map { $0.withUnsafeBytes { $0.loadUnaligned(as: Double.self) } }
    #expect(found == [dy, dw])
  }
}
