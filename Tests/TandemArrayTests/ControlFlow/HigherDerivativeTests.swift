import TandemArray
import Testing

/// Derivatives of derivatives of loops: finite differences of the first ones, closed forms, the
/// same in both modes.
@Suite struct HigherDerivativeTests {
  private static func random(_ shape: Shape, _ seed: UInt64) -> NDArray {
    .random.normal(shape, seed: seed, dtype: .float64)
  }

  private func bits(_ arrays: [NDArray]) throws -> [[UInt8]] {
    try arrays.map { try $0.withUnsafeBytes { Array($0) } }
  }

  /// The gradients along fixed directions as a function, whose gradient is compared with
  /// differences.
  private func check(
    _ name: String, _ arguments: [NDArray], _ f: @escaping @Sendable ([NDArray]) -> NDArray
  ) throws {
    let directions = arguments.enumerated().map { Self.random($1.shape, 90 + UInt64($0)) }
    @Sendable func slope(_ a: [NDArray]) -> NDArray {
      let found = valueAndGradients(of: { f($0).sum() }, at: a).gradients
      return zip(found, directions).map { ($0 * $1).sum() }.reduce(NDArray(0.0, dtype: .float64)) {
        $0 + $1
      }
    }
    let result = checkGradient(of: slope, at: arguments)
    #expect(result.error < 1e-6, "\(name): \(result)")
    #expect(result.analytic != 0, "\(name)")
    let eager = valueAndGradients(of: slope, at: arguments).gradients
    let compiled = compile { (a: [NDArray]) in valueAndGradients(of: slope, at: a).gradients }
    #expect(try bits(eager) == bits(compiled(arguments)), "\(name)")
  }

  @Test func whileLoops() throws {
    let arguments = [Self.random([3], 1), Self.random([3], 2)]
    for count in [0, 1, 2, 7] {
      try check("while \(count)", arguments) { a in
        let (_, y) = whileLoop(NDArray(count), a[0], while: { i, _ in i .> 0 }) { i, y in
          (i - 1, (y * a[1]).sin() + a[1].squared() * a[0])
        }
        return y * y
      }
    }
  }

  /// As many runs as the data say, and a carry that is no float.
  @Test func whileLoopsThatDataEnd() throws {
    try check("data", [NDArray([0.3, 0.4], dtype: .float64)]) { a in
      let (_, y, _) = whileLoop(
        NDArray(0), a[0], a[0] * 2, while: { _, y, _ in y.sum() .< 5 }
      ) { n, y, z in (n + 1, y * 1.5 + z.sin(), z * y) }
      return y
    }
  }

  @Test func whileLoopsWithDraws() throws {
    try check("draws", [Self.random([5], 1), Self.random([5], 2)]) { a in
      withSeed(3) {
        whileLoop(
          NDArray(4), a[0], while: { i, _ in i .> NDArray.random.uniform([]) * 0.5 + 0.25 }
        ) { i, y in
          (
            i - 1,
            (y * a[1]).dropout(probability: 0.4).sin() + y
              * NDArray.random.normal([5], dtype: .float64)
          )
        }.1
      }
    }
  }

  @Test func nests() throws {
    try check("nests", [Self.random([3], 1), Self.random([3], 2)]) { a in
      let (_, y) = whileLoop(NDArray(2), a[0], while: { i, _ in i .> 0 }) { i, y in
        let (_, z) = whileLoop(NDArray(2), y, while: { j, _ in j .> 0 }) { j, z in
          (
            j - 1,
            cond(z.sum() .> 0) {
              z.sin() * a[1]
            } else: {
              z * y
            }
          )
        }
        let (h, _) = scan(z, over: a[1]) { h, e in (h * e + y, e) }
        return (i - 1, h)
      }
      return y
    }
  }

  /// Several carried arrays in every kind of tree.
  @Test func treesOfCarries() throws {
    let arguments = [Self.random([2], 1), Self.random([2], 2), Self.random([4, 2], 3)]
    try check("array", arguments) { a in
      let (last, all) = scan([a[0], a[1]], over: a[2]) { state, x in
        let next = [(state[0] * x).tanh(), state[1] * state[0] + x]
        return (next, next[1].sum())
      }
      return last[0] * last[1] + all.sum()
    }
    try check("dictionary", arguments) { a in
      let (last, all) = scan(["h": a[0], "c": a[1]], over: ["x": a[2]], reversed: true) { s, e in
        let c = s["c"]! * 0.5 + e["x"]!.sin()
        return (["h": s["h"]! * c, "c": c], [c, c.sum()])
      }
      return last["h"]! + all[0].sum() + (all[1] * all[1]).sum()
    }
    try check("while", arguments) { a in
      let (state, _) = whileLoop(
        ["h": a[0], "c": a[1]], NDArray(3), while: { _, n in n .> 0 }
      ) { s, n in (["h": s["h"]! * s["c"]!, "c": s["c"]!.sin() + a[2][0]], n - 1) }
      return state["h"]! * state["c"]!
    }
  }

  @Test func closedForms() {
    // x · x⁴: 5x⁴, 20x³, 60x², 120x, 120.
    let power = { (x: NDArray) in
      whileLoop(NDArray(4), x, while: { i, _ in i .> 0 }) { i, y in (i - 1, y * x) }.1
    }
    var f: (NDArray) -> NDArray = power
    for expected in [32.0, 80, 160, 240, 240] {
      #expect(f(NDArray(2.0, dtype: .float64)).item() == expected)
      f = gradient(of: f)
    }
  }
}
