import Foundation
import TandemArray
import Testing

/// Control flow against JAX: values and gradients of `Tests/Fixtures/control_flow.py`, in eager
/// mode and compiled.
@Suite struct ControlFlowFixtureTests {
  /// What JAX gave for one function: the value, then the gradient of each argument.
  private static func cases() throws -> [String: [[Double]]] {
    var (cases, name): ([String: [[Double]]], String) = ([:], "")
    for line in try FixtureText.read("control_flow").split(separator: "\n") {
      if line.hasPrefix("#") { continue }
      if let colon = line.firstIndex(of: ":") {
        let numbers = line[line.index(after: colon)...].split(separator: " ").compactMap {
          Double($0)
        }
        cases[name, default: []].append(numbers)
      } else {
        name = String(line)
      }
    }
    return cases
  }

  /// The numbers that the script makes.
  private func inputs(_ shapes: [Shape]) -> [NDArray] {
    shapes.enumerated().map { k, shape in
      let numbers = (0..<shape.elementCount).map { sin(0.7 * Double($0) + 0.3 * Double(k)) }
      return NDArray(numbers, dtype: .float64).reshaped(shape)
    }
  }

  private func check(
    _ name: String, _ shapes: [Shape], _ function: @escaping @Sendable ([NDArray]) -> NDArray
  ) throws {
    let expected = try #require(try Self.cases()[name])
    let arguments = inputs(shapes)
    let compiled = compile { (arguments: [NDArray]) in function(arguments) }
    let inside = compile { (arguments: [NDArray]) in
      let result = valueAndGradients(of: function, at: arguments)
      return [result.value] + result.gradients
    }
    let eager = valueAndGradients(of: function, at: arguments)
    let outside = valueAndGradients(of: { compiled($0) }, at: arguments)
    let all = [
      [eager.value] + eager.gradients, [outside.value] + outside.gradients, inside(arguments),
      [function(arguments)],
    ]
    for results in all {
      for (result, numbers) in zip(results, expected) {
        let found: [Double] = result.scalars()
        #expect(found.count == numbers.count)
        for (a, b) in zip(found, numbers) {
          #expect(abs(a - b) <= 1e-12 * max(1, abs(b)), "\(name): \(a), JAX \(b)")
        }
      }
    }
  }

  @Test(arguments: [false, true]) func scans(reversed: Bool) throws {
    try check(reversed ? "scan reversed" : "scan", [[2, 3], [5, 2, 2], [3, 3], [2, 3]]) { a in
      let (last, all) = scan(a[0], over: a[1], reversed: reversed) { h, x in
        let h = (h.matmul(a[2]) + x.matmul(a[3])).tanh()
        return (h, h * x.sum())
      }
      let weights = NDArray.arange(0, 6, dtype: .float64).reshaped([2, 3])
      return (last * weights).sum() + all.squared().sum()
    }
  }

  @Test func gatedUnits() throws {
    try check("gated", [[3], [3], [4, 2], [5, 9]]) { a in
      let (state, all) = scan([a[0], a[1]], over: a[2]) { state, x in
        let gates = NDArray.concatenated([state[0], x]).expandingDims(at: 0).matmul(a[3])[0]
        let c =
          state[1] * gates[3..<6].sigmoid() + gates[0..<3].sigmoid() * gates[6..<9].tanh()
        let h = c.tanh()
        return ([h, c], h)
      }
      return (state[0] * state[1]).sum() + (all * all * all).sum()
    }
  }

  @Test func conds() throws {
    try check("cond", [[4], [4]]) { a in
      let x = cond(a[0].sum() .> 0) {
        a[0] * a[1]
      } else: {
        a[1].exp()
      }
      let y = cond(a[1].sum() .> 100) {
        a[0]
      } else: {
        a[1] * a[1]
      }
      return (x * y).sum()
    }
  }

  @Test func maps() throws {
    try check("map", [[3, 4], [4]]) { a in
      map(over: a[0]) { ($0 * a[1]).tanh().cumulativeSum(axis: 0) }.squared().sum()
    }
  }

  @Test func nests() throws {
    try check("nested", [[3], [4, 5], [3]]) { a in
      let (last, all) = scan(a[0], over: a[1]) { h, row in
        let (g, sums) = scan(h, over: row) { g, x in
          let g = cond(g.sum() .> 0) {
            g * a[2] * x
          } else: {
            g - a[2]
          }
          return (g, g.sum())
        }
        return (g * 0.5 + h, sums)
      }
      return last.sum() + all.squared().sum()
    }
  }

  @Test(arguments: [0, 1, 6]) func loops(count: Int) throws {
    try check("whileLoop \(count)", [[3], [3]]) { a in
      whileLoop(NDArray(count), a[0], while: { i, _ in i .> 0 }) { i, y in
        (i - 1, (y * a[1]).sin() + a[1].squared() * y)
      }.1.sum()
    }
  }
}
