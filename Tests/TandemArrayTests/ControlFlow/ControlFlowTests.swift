import TandemArray
import TandemGraph
import Testing

/// `cond`, `whileLoop`, `scan` and `map`: values in both modes, against loops in Swift.
@Suite struct ControlFlowTests {
  private func numbers(_ array: NDArray) -> [Float] { array.scalars() }

  private func bits(_ arrays: [NDArray]) throws -> [[UInt8]] {
    try arrays.map { try $0.withUnsafeBytes { Array($0) } }
  }

  @Test func theTourEndsWithThis() {
    let power = compile { (x: NDArray, n: NDArray) in
      let (_, y) = whileLoop(n, NDArray.ones(like: x), while: { i, _ in i .> 0 }) { i, y in
        (i - 1, y * x)
      }
      return y
    }
    #expect(numbers(power(NDArray([2, 3]), NDArray(10))) == [1024, 59049])
    #expect(numbers(power(NDArray([2, 3]), NDArray(3))) == [8, 27])
    #expect(numbers(power(NDArray([2, 3]), NDArray(0))) == [1, 1])
  }

  @Test func whileLoopInEagerMode() {
    var calls = 0
    let (n, y) = whileLoop(NDArray(5), NDArray([1.0]), while: { n, _ in n .> 0 }) { n, y in
      calls += 1
      return (n - 1, y * 2)
    }
    #expect(calls == 5 && n.item() == 0 && numbers(y) == [32])
    let one = whileLoop(NDArray(1.0), while: { $0 .< 100 }) { $0 * 3 }
    #expect(one.item() == 243)
  }

  @Test func condChoosesInBothModes() {
    let f = { @Sendable (x: NDArray) in
      cond(x.sum() .> 0) {
        x * 2
      } else: {
        -x
      }
    }
    let compiled = compile { (x: NDArray) in f(x) }
    for x in [NDArray([1, 2]), NDArray([-1, -2])] {
      #expect(numbers(f(x)) == numbers(compiled(x)))
    }
    #expect(numbers(compiled(NDArray([1, 2]))) == [2, 4])
    #expect(numbers(compiled(NDArray([-1, -2]))) == [1, 2])
    #expect(compiled.statistics.traces == 1)
    let pair = compile { (x: NDArray) in
      let (a, b) = cond(x.sum() .> 0) {
        (x, x + 1)
      } else: {
        (x + 1, x)
      }
      return a - b
    }
    #expect(numbers(pair(NDArray([1]))) == [-1] && numbers(pair(NDArray([-1]))) == [1])
  }

  @Test func scanIsALoop() {
    let xs = NDArray([[1, 2], [3, 4], [5, 6]])
    for reversed in [false, true] {
      let f = { @Sendable (xs: NDArray) in
        scan(NDArray([0, 0]), over: xs, reversed: reversed) { sum, x in
          let sum = sum * 2 + x
          return (sum, sum.sum())
        }
      }
      let compiled = compile { (xs: NDArray) in
        let (last, all) = f(xs)
        return [last, all]
      }
      let (last, all) = f(xs)
      let expected: [Float] = reversed ? [27, 34] : [15, 22]
      #expect(numbers(last) == expected)
      #expect(numbers(all) == (reversed ? [61, 29, 11] : [3, 13, 37]))
      #expect(compiled(xs).map(numbers) == [numbers(last), numbers(all)])
    }
  }

  @Test func severalCarriesAndInputs() {
    let f = { @Sendable (xs: NDArray) in
      let (last, out) = scan(
        ["a": NDArray([1]), "b": NDArray([[2]])], over: [xs, xs * 10]
      ) { state, inputs in
        let a = state["a"]! + inputs[0]
        return (["a": a, "b": state["b"]! * 2], [a, inputs[1] + 1])
      }
      return [last["a"]!, last["b"]!] + out
    }
    let xs = NDArray([[1], [2]])
    let compiled = compile { (xs: NDArray) in f(xs) }
    let expected: [[Float]] = [[4], [8], [2, 4], [11, 21]]
    #expect(f(xs).map(numbers) == expected && compiled(xs).map(numbers) == expected)
    #expect(f(xs).map(\.shape) == compiled(xs).map(\.shape))
  }

  @Test func noElements() {
    let f = { @Sendable (xs: NDArray) in
      let (last, out) = scan(NDArray([3]), over: xs) { h, x in (h + x, h * x.sum()) }
      return [last, out]
    }
    let xs = NDArray.zeros([0, 1])
    let compiled = compile { (xs: NDArray) in f(xs) }
    for result in [f(xs), compiled(xs)] {
      #expect(numbers(result[0]) == [3] && result[1].shape == [0, 1])
    }
  }

  @Test func mapIsALoop() {
    let rows = NDArray([[3, 4], [6, 8]])
    let f = { @Sendable (rows: NDArray) in
      map(over: rows) { row in (row * row).sum().sqrt() }
    }
    let compiled = compile { (rows: NDArray) in f(rows) }
    #expect(numbers(f(rows)) == [5, 10] && numbers(compiled(rows)) == [5, 10])
    #expect(numbers(compiled(rows.transposed())) == numbers(f(rows.transposed())))
  }

  @Test func capturesOfEveryKind() throws {
    let (weight, rate) = (Parameter(NDArray([2, 3])), StateCell("rate", 0.5))
    let offset = NDArray([1, 1])
    let f = { @Sendable (x: NDArray, xs: NDArray) in
      let scaled = x * 2
      let (last, all) = scan(x, over: xs) { h, e in
        let h = h * weight.value * rate.value + offset + scaled * e
        return (h, h)
      }
      return [last, all]
    }
    let compiled = compile { (x: NDArray, xs: NDArray) in f(x, xs) }
    let (x, xs) = (NDArray([1, 2]), NDArray([0.5, 0.25, 2]))
    #expect(try bits(f(x, xs)) == bits(compiled(x, xs)))
    rate.number = 0.25
    weight.value = NDArray([5, 6])
    #expect(try bits(f(x, xs)) == bits(compiled(x, xs)))
    #expect(compiled.statistics.traces == 1)
  }

  @Test func stateOfTheRegionIsSeenInside() {
    let (count, total) = (StateCell("count", 1.0), StateCell("total", 0.0))
    let step = compile(mutating: count, total) { (xs: NDArray) in
      count.value = count.value + 1
      let (sum, _) = scan(NDArray(0.0), over: xs) { s, x in (s + x * count.value, x) }
      total.value = sum
    }
    step(NDArray([1.0, 2, 3]))
    #expect(total.number == 12 && count.number == 2)
  }

  @Test func nested() throws {
    let f = { @Sendable (xs: NDArray, n: NDArray) in
      let (h, ys) = scan(NDArray([1.0, 1]), over: xs) { h, row in
        let (inner, _) = scan(h, over: row) { g, x in (g * 0.5 + x, x) }
        let (_, powered) = whileLoop(n, inner, while: { i, _ in i .> 0 }) { i, y in
          (
            i - 1,
            cond(y.sum() .> 0) {
              y * 0.5
            } else: {
              y - h
            }
          )
        }
        return (powered, map(over: row) { $0 * powered.sum() })
      }
      return [h, ys]
    }
    let compiled = compile { (xs: NDArray, n: NDArray) in f(xs, n) }
    let xs = NDArray.random.normal([4, 3], seed: 1)
    for n in [0, 1, 4] {
      #expect(try bits(f(xs, NDArray(n))) == bits(compiled(xs, NDArray(n))))
    }
  }

  // MARK: Random draws

  @Test func drawsAreKeyedByIteration() throws {
    let f = { @Sendable (xs: NDArray) in
      let before = NDArray.random.normal([2])
      let (h, ys) = scan(NDArray([0.0, 0]), over: xs) { h, x in
        let noise = NDArray.random.normal([2])
        let kept = h.dropout(probability: 0.5)
        let inner = map(over: x) { _ in NDArray.random.uniform([]) }
        let branch = cond(x.sum() .> 0) {
          NDArray.random.normal([2])
        } else: {
          noise
        }
        return (kept + noise, [noise, inner, branch])
      }
      let (_, drawn) = whileLoop(
        NDArray(3), NDArray([0.0]),
        while: { i, _ in
          i + NDArray.random.uniform([]) * 0.5 .> 0.75
        }
      ) { i, y in (i - 1, y + NDArray.random.normal([1])) }
      return [before, h, drawn, NDArray.random.normal([2])] + ys
    }
    let compiled = compile { (xs: NDArray) in f(xs) }
    let xs = NDArray([[1.0, 2], [-1, -2], [3, 4]])
    for seed in 0..<3 as Range<UInt64> {
      let eager = try withSeed(seed) { try bits(f(xs) + f(xs)) }
      let fused = try withSeed(seed) { try bits(compiled(xs) + compiled(xs)) }
      #expect(eager == fused)
    }
    let noise = f(xs)[4]  // [3, 2]: no two iterations alike
    #expect(Set(numbers(noise)).count == 6)
  }

  @Test func aSeedInsideStaysOutsideOfTheKeys() throws {
    let f = { @Sendable (xs: NDArray) in
      map(over: xs) { x in x + withSeed(7) { NDArray.random.normal([2]) } }
    }
    let compiled = compile { (xs: NDArray) in f(xs) }
    let xs = NDArray.zeros([2, 2])
    #expect(try bits([f(xs)]) == bits([compiled(xs)]))
  }

  // MARK: Graphs

  @Test func printedGraphsShowBodies() throws {
    let (graph, _) = Graph.trace(inputs: [.float32([2]), .float32([3, 2])]) { inputs in
      let (h, _) = scan(inputs[0], over: inputs[1]) { h, x in (h + x, x) }
      return [h]
    }
    #expect(
      graph.description.contains(
        """
          body:
            %0 = input 0: float32[2]
            %1 = input 1: float32[2]
            %2 = add(%0, %1): float32[2]
            return %2, %1
        """), "\(graph)")
    try graph.verify()
  }
}
