import Synchronization
import TandemArray
import Testing

/// Regions: what goes in, what comes out, what is captured, when they are traced.
@Suite struct CompileTests {
  private func numbers(_ array: NDArray) -> [Float] { array.scalars() }

  @Test func oneResult() {
    let f = compile { (x: NDArray, y: NDArray) in (x + y) * 2 }
    #expect(numbers(f(NDArray([1, 2]), NDArray([3, 4]))) == [8, 12])
    #expect(numbers(f(NDArray([1, 1]), NDArray([0, 4]))) == [2, 10])
    #expect(f.statistics.hits == 1 && f.statistics.traces == 1)
  }

  @Test func valuesMadeOfArrays() {
    let f = compile { (x: [NDArray], y: NDArray?, flip: Bool) in
      let sum = x.reduce(y ?? NDArray(0.0)) { $0 + $1 }
      return (flip ? -sum : sum, [sum, sum * 2], y)
    }
    let (a, b) = (NDArray([1, 2]), NDArray([3, 4]))
    let (sum, list, same) = f([a, b], nil, true)
    #expect(numbers(sum) == [-4, -6] && list.map(numbers) == [[4, 6], [8, 12]] && same == nil)
    let (other, _, kept) = f([a], b, false)
    #expect(numbers(other) == [4, 6] && kept.map(numbers) == [3, 4])
    #expect(f.statistics.traces == 2)
  }

  @Test func noResultAndNoArguments() {
    let cell = StateCell("count", 1.0)
    let step = compile(mutating: cell) { cell.value = cell.value + 1 }
    for _ in 0..<3 { step() }
    #expect(cell.number == 4)
    #expect(step.statistics.traces == 1)
    let one = compile { NDArray.ones([2]) }
    #expect(numbers(one()) == [1, 1])
  }

  @Test func capturedStateIsReadAtEachCall() {
    let (weight, rate) = (Parameter(NDArray([1, 2])), StateCell("rate", 10.0))
    let offset = NDArray([100, 200])
    let f = compile { (x: NDArray) in x * weight.value * rate.value + offset }
    #expect(numbers(f(NDArray([1, 1]))) == [110, 220])
    weight.value = NDArray([3, 4])
    rate.number = 0.5
    #expect(numbers(f(NDArray([1, 1]))) == [101.5, 202])
    #expect(f.statistics.traces == 1)
  }

  @Test func tracesSayWhy() {
    let weight = Parameter(NDArray([1, 2]))
    let f = compile { (x: NDArray) in x * weight.value }
    _ = f(NDArray([1, 2]))
    _ = f(NDArray([[1, 2], [3, 4]]))
    _ = f(NDArray([1, 2], dtype: .float64))
    _ = f(NDArray(3.0))
    _ = f(3)
    _ = withTraining(true) { f(NDArray([1, 2])) }
    weight.isTrainable = false
    _ = f(NDArray([1, 2]))
    _ = f(NDArray([[1, 2], [3, 4]]).transposed())
    #expect(
      f.statistics.reasons == [
        "first call",
        "argument 0: float32[2] → float32[2, 2]",
        "argument 0: float32[2, 2] → float64[2]",
        "argument 0: float64[2] → literal 3.0",
        "argument 0: literal 3.0 → literal 3",
        "isTraining: false → true",
        "parameter unbound: isTrainable true → false",
        "argument 0: float32[2] → float32[2, 2]",
      ])
    for _ in 0..<3 { _ = f(NDArray([1, 2])) }
    #expect(f.statistics.hits == 3 && f.statistics.traces == 8)
  }

  @Test func programsAreBounded() {
    let f = compile { (x: NDArray) in x + 1 }
    for count in 1...70 { #expect(numbers(f(.ones([count])).sum()) == [Float(2 * count)]) }
    #expect(f.statistics.programs == 64 && f.statistics.evictions == 6)
  }

  @Test("the report is of the program that has run last")
  func reportOfTheLast() {
    let weight = Parameter(NDArray([1, 1]))
    weight.accumulatesGradient = true
    let step = compile(mutating: weight) { (x: NDArray) in
      record { (weight.value * x).sum() }.backward()
    }
    var inputs: [Int] = []
    for call in 0..<6 {
      // Two to a batch: the first has nothing to add to.
      if call % 2 == 0 { weight.gradient = nil }
      step(NDArray([1, 2]))
      inputs.append(step.report.graph.inputs.count)
    }
    #expect(inputs == [2, 3, 2, 3, 2, 3])
    #expect(step.statistics.traces == 2)
    #expect(weight.gradient?.scalars(as: Float.self) == [2, 4])
  }

  @Test func whatIsComputedOnTheWayMayBeEmpty() {
    let none = compile { (x: NDArray) in x.topK(0, axis: 0).values }
    for count in [0, 4] { #expect(none(.zeros([count])).shape == [0]) }
  }

  @Test func resultsThatAreInputs() {
    let f = compile { (x: NDArray) in (x, x.transposed(), NDArray(2.0), x + 0, x) }
    let x = NDArray([[1, 2], [3, 4]])
    let (a, b, c, d, e) = f(x)
    #expect(numbers(a) == [1, 2, 3, 4] && numbers(b) == [1, 3, 2, 4] && numbers(c) == [2])
    #expect(numbers(d) == [1, 2, 3, 4] && numbers(e) == [1, 2, 3, 4])
    var changed = a
    changed += 1
    #expect(numbers(x) == [1, 2, 3, 4] && numbers(e) == [1, 2, 3, 4])
    let slice = NDArray([[9, 9], [1, 2], [3, 4]])[1...]
    #expect(numbers(f(slice).1) == [1, 3, 2, 4])
  }

  @Test func assignmentHappensInPlaceAndLeavesOthersAlone() {
    let weight = Parameter(NDArray([1, 2]))
    let step = compile(mutating: weight) { (x: NDArray) in
      let old = weight.value
      weight.value = old + x
      weight.value = weight.value * 2
      return old
    }
    let before = weight.value
    let old = step(NDArray([1, 1]))
    #expect(numbers(before) == [1, 2] && numbers(old) == [1, 2])
    #expect(numbers(weight.value) == [4, 6])
    for _ in 0..<3 { _ = step(NDArray([1, 1])) }
    #expect(numbers(before) == [1, 2] && numbers(weight.value) == [46, 62])
    #expect(step.statistics.traces == 1)
  }

  @Test func gradientsInside() {
    let weight = Parameter(NDArray([2, 3]))
    let step = compile(mutating: weight) { (x: NDArray) in
      let (value, gradients) = valueAndGradient(of: weight) { (x * weight.value.squared()).sum() }
      weight.value -= 0.5 * (gradients[weight] ?? x)
      return (value, gradient(of: { ($0 * $0 * weight.value).sum() })(x))
    }
    let (value, slope) = step(NDArray([1, 2]))
    #expect(value.item() == 22 && numbers(weight.value) == [0, -3] && numbers(slope) == [0, -12])
  }

  @Test func backwardInside() {
    let weight = Parameter(NDArray([2, 3]))
    let step = compile(mutating: weight) { (x: NDArray) in
      let loss = record { (x * weight.value.squared()).sum() }
      loss.backward()
      return loss
    }
    #expect(step(NDArray([1, 2])).item() == 22)
    #expect(weight.gradient.map(numbers) == [4, 12])
    _ = step(NDArray([1, 1]))
    #expect(weight.gradient.map(numbers) == [4, 6])
    #expect(step.statistics.traces == 1)
  }

  @Test func gradientsFromOutside() {
    let weight = Parameter(NDArray([2, 3]))
    let f = compile { (x: NDArray) in (x * weight.value.squared(), x * 3) }
    for scale in [1, 2] {
      let x = NDArray([1, 2]) * Float(scale)
      record { f(x).0.sum() * 2 }.backward()
      #expect(weight.gradient.map(numbers) == [8 * Float(scale), 24 * Float(scale)])
    }
    let slope = gradient(of: { x in
      let (a, b) = f(x)
      return (a * b).sum()
    })
    #expect(numbers(slope(NDArray([1, 2]))) == [24, 108])
    let captured = NDArray([5, 6])
    #expect(
      numbers(gradient(of: { w in compile { (x: NDArray) in (x * w).sum() }(captured) })(captured))
        == [5, 6])
    let second = gradient(of: { gradient(of: { f($0).0.tanh().sum() })($0).sum() })
    let eager = gradient(of: {
      gradient(of: { ($0 * weight.value.squared()).tanh().sum() })($0).sum()
    })
    #expect(numbers(second(NDArray([0.1, 0.2]))) == numbers(eager(NDArray([0.1, 0.2]))))
  }

  @Test func regionsInsideOfRegions() {
    let weight = Parameter(NDArray([2, 3]))
    let inner = compile { (x: NDArray) in x * weight.value }
    let outer = compile { (x: NDArray) in inner(x) + inner(x * 2) }
    #expect(numbers(outer(NDArray([1, 1]))) == [6, 9])
    #expect(inner.statistics.traces == 0)
  }

  @Test func ownGradientsInside() {
    let f = compile { (x: NDArray) in
      withCustomGradient([x]) {
        [$0[0] * 2]
      } backward: { _, outputs, cotangents in
        [cotangents[0].map { $0 * 7 + outputs[0] * 0 }]
      }[0]
    }
    #expect(numbers(gradient(of: { f($0).sum() })(NDArray([1, 2]))) == [7, 7])
  }

  @Test func randomNumbersAreThoseOfEager() {
    @Sendable func draw(_ x: NDArray) -> [NDArray] {
      let first = NDArray.random.normal(x.shape)
      let own = withSeed(7) { NDArray.random.uniform(x.shape) }
      return [x + first, own, .random.uniform(x.shape), .random.uniform(x.shape, seed: 3)]
    }
    let compiled = compile { (x: NDArray) in draw(x) }
    let x = NDArray.zeros([5])
    func rounds(_ function: (NDArray) -> [NDArray]) -> [[Float]] {
      withSeed(11) {
        (0..<3).flatMap { _ in function(x).map(numbers) + [numbers(.random.uniform([2]))] }
      }
    }
    let (a, b) = (rounds(draw), rounds { compiled($0) })
    #expect(a == b)
    #expect(rounds { compiled($0) } == a)
    #expect(compiled.statistics.traces == 1)
    #expect(Set(a).count == 3 * 3 + 2)
  }
}
