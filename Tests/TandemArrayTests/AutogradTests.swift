import Foundation
import TandemThreads
import Testing

@testable import TandemArray

/// Gradients against closed forms and finite differences.
@Suite struct AutogradTests {
  private func numbers(_ array: NDArray?) -> [Double] { array?.scalars() ?? [] }

  private func float64(_ values: [Double]) -> NDArray { NDArray(values) }

  private func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double = 1e-12) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  // MARK: Functions

  @Test func gradientOfAFunction() {
    let slope = gradient(of: { ($0 * $0).sum() })
    #expect(numbers(slope(float64([1, 2]))) == [2, 4])
    let (value, gradient) = valueAndGradient(of: { $0.exp().sum() })(float64([0, 0]))
    #expect(value.item() == 2)
    #expect(numbers(gradient) == [1, 1])
  }

  @Test func gradientsOfSeveralArguments() {
    let result = valueAndGradients(
      of: { ($0[0] * $0[1]).sum() }, at: [float64([2, 3]), float64([5, 7]), float64([1])])
    #expect(result.value.item() == 31)
    #expect(result.gradients.map { numbers($0) } == [[5, 7], [2, 3], [0]])
  }

  @Test func anArgumentThatIsReturned() {
    #expect(numbers(gradient(of: { $0 })(float64([3]))) == [1])
    #expect(numbers(gradient(of: { _ in NDArray(2.0) })(float64([3]))) == [0])
  }

  @Test func theSameArrayTwice() {
    let x = float64([3])
    let result = valueAndGradients(of: { ($0[0] * $0[1]).sum() }, at: [x, x])
    #expect(result.gradients.map { numbers($0) } == [[3], [3]])
  }

  // MARK: Higher order

  @Test func anyOrder() {
    // Derivatives of x⁵ at 2.
    var function: (NDArray) -> NDArray = { $0 * $0 * $0 * $0 * $0 }
    for expected in [80.0, 160, 240, 240, 120, 0] {
      function = gradient(of: function)
      #expect(function(float64([2]).reshaped([])).item() == expected)
    }
  }

  @Test func secondDerivativesOfFunctions() {
    let x = 0.7
    func second(_ function: @escaping (NDArray) -> NDArray) -> Double {
      gradient(of: gradient(of: function))(NDArray(x, dtype: .float64)).item()
    }
    let (t, s) = (Foundation.tanh(x), 1 / (1 + Foundation.exp(-x)))
    #expect(abs(second { $0.tanh() } - -2 * t * (1 - t * t)) < 1e-12)
    #expect(abs(second { $0.sigmoid() } - s * (1 - s) * (1 - 2 * s)) < 1e-12)
    #expect(abs(second { $0.exp() } - Foundation.exp(x)) < 1e-12)
    #expect(abs(second { $0.log() } - -1 / (x * x)) < 1e-12)
    #expect(abs(second { 1 / $0 } - 2 / (x * x * x)) < 1e-12)
  }

  /// `d/dw (df/dx)`: a gradient penalty.
  @Test func gradientsInsideOfRecord() {
    let weight = Parameter(float64([3]))
    let x = float64([2])
    let penalty = record { () -> NDArray in
      // f = w² x³, so df/dx = 3 w² x² and d²f/dx dw = 6 w x².
      let slope = gradient(of: { (weight.value * weight.value * $0 * $0 * $0).sum() })(x)
      return slope.sum()
    }
    #expect(penalty.item() == 108)
    penalty.backward()
    #expect(numbers(weight.gradient) == [72])
  }

  @Test func recordInsideOfGradient() {
    let weight = Parameter(float64([3]))
    let slope = gradient(of: { x in
      let loss = record { (weight.value * x * x).sum() }
      loss.backward()
      return loss
    })(float64([2]))
    #expect(numbers(slope) == [12])
    #expect(numbers(weight.gradient) == [4])
  }

  @Test func gradientsWithinWithoutRecording() {
    let weight = Parameter(float64([3]))
    let loss = record { () -> NDArray in
      let scale = withoutRecording {
        gradient(of: { (weight.value * $0 * $0).sum() })(float64([5]))
      }
      return (weight.value * scale).sum()
    }
    loss.backward()
    #expect(numbers(weight.gradient) == [30])
  }

  @Test func gradientsInsideOfTraces() throws {
    let (graph, captures) = Graph.trace(inputs: [.float64([2])]) { inputs in
      [gradient(of: { ($0 * $0 * $0).sum() })(inputs[0])]
    }
    try graph.verify()
    #expect(captures.isEmpty)
    #expect(try numbers(graph([float64([1, 2])])[0]) == [3, 12])
  }

  // MARK: Recording

  @Test func backwardWritesOrAdds() {
    let weight = Parameter(float64([1, 2]))
    func step() { record { (weight.value * 3).sum() }.backward() }
    step()
    step()
    #expect(numbers(weight.gradient) == [3, 3])
    weight.accumulatesGradient = true
    step()
    #expect(numbers(weight.gradient) == [6, 6])
    weight.gradient = nil
    step()
    #expect(numbers(weight.gradient) == [3, 3])
  }

  @Test func backwardFromAGivenGradient() {
    let weight = Parameter(float64([1, 2]))
    record { weight.value * weight.value }.backward(float64([10, 1]))
    #expect(numbers(weight.gradient) == [20, 4])
  }

  @Test func retainedTapesServeAgain() {
    let weight = Parameter(float64([3]))
    let (first, second) = record { () -> (NDArray, NDArray) in
      let square = weight.value * weight.value
      return (square.sum(), (square * square).sum())
    }
    first.backward(retainingTape: true)
    #expect(numbers(weight.gradient) == [6])
    first.backward(retainingTape: true)
    second.backward()
    #expect(numbers(weight.gradient) == [108])
  }

  @Test func fanOutAccumulates() {
    let weight = Parameter(float64([2]))
    let loss = record { () -> NDArray in
      let x = weight.value
      var sum = x
      for _ in 0..<99 { sum = sum + x }
      return (sum * x + x).sum()
    }
    loss.backward()
    #expect(numbers(weight.gradient) == [401])
  }

  @Test func detachedArraysStopGradients() {
    let weight = Parameter(float64([3]))
    record { (weight.value * weight.value.detached()).sum() }.backward()
    #expect(numbers(weight.gradient) == [3])
    record { (weight.value + withoutRecording { weight.value * 5 }).sum() }.backward()
    #expect(numbers(weight.gradient) == [1])
  }

  @Test func frozenParametersGetNoGradient() {
    let (weight, frozen) = (Parameter(float64([3])), Parameter(float64([5])))
    frozen.isTrainable = false
    record { (weight.value * frozen.value).sum() }.backward()
    #expect(numbers(weight.gradient) == [5])
    #expect(frozen.gradient == nil)
  }

  @Test func castsCarryGradientsBack() {
    let weight = Parameter(NDArray([1, 2]))
    record { (weight.value.cast(to: .float64) * weight.value.cast(to: .float64)).sum() }.backward()
    #expect(weight.gradient?.dtype == .float32)
    #expect(numbers(weight.gradient) == [2, 4])
    record { (weight.value.cast(to: .int32).cast(to: .float32) * weight.value).sum() }.backward()
    #expect(numbers(weight.gradient) == [1, 2])
  }

  @Test func viewsAndSliceAssignment() {
    let weight = Parameter(float64([1, 2, 3, 4]))
    record { () -> NDArray in
      var x = weight.value.reshaped([2, 2])
      let before = x
      x[0] = x[1] * 10
      x[.all, 1] += before[0]
      return (x * x).sum()
    }.backward()
    // x = [[10 w2, 10 w3 + w0], [w2, w3 + w1]]
    let (a, b, c, d) = (1.0, 2.0, 3.0, 4.0)
    let (p, q) = (10 * d + a, d + b)
    #expect(
      numbers(weight.gradient) == [2 * p, 2 * q, 200 * c + 2 * c, 20 * p + 2 * q])
  }

  @Test func compoundAssignmentWhileRecording() {
    let weight = Parameter(float64([2]))
    record { () -> NDArray in
      var x = weight.value
      x *= x
      x += 1
      x *= weight.value
      return x.sum()
    }.backward()
    #expect(numbers(weight.gradient) == [13])
    #expect(numbers(weight.value) == [2])
  }

  // MARK: Custom gradients

  @Test func customGradients() {
    // The straight-through estimator: rounds, but passes gradients on.
    func straightThrough(_ x: NDArray) -> NDArray {
      withCustomGradient([x]) {
        [$0[0].rounded()]
      } backward: { _, _, cotangents in
        [cotangents[0]]
      }[
        0]
    }
    let slope = gradient(of: { (straightThrough($0) * 3).sum() })
    #expect(numbers(slope(float64([0.4, 1.6]))) == [3, 3])
    let cube = gradient(of: { x in
      withCustomGradient([x]) {
        [$0[0] * $0[0] * $0[0]]
      } backward: { inputs, _, cotangents in
        [cotangents[0].map { $0 * 3 * inputs[0] * inputs[0] }]
      }[0]
    })
    #expect(cube(NDArray(2, dtype: .float64)).item() == 12)
    #expect(gradient(of: cube)(NDArray(2, dtype: .float64)).item() == 12)
  }

  // MARK: Size and threads

  @Test func longChains() async {
    await #expect(processExitsWith: .success) {
      func program() throws {
        let weight = Parameter(NDArray([1]))
        let loss = record { () -> NDArray in
          var x = weight.value
          for _ in 0..<300_000 { x = x + weight.value }
          return x.sum()
        }
        // Retained, so that the whole chain is there to be released at the end.
        loss.backward(retainingTape: true)
        #expect(weight.gradient?.item() == 300_001)
        try waitForAll()
      }
      try program()
      #expect(BufferPool.shared.counters.liveBuffers == 0)
    }
  }

  @Test func recordingIsAMatterOfTheThread() async {
    let weight = Parameter(float64([2]))
    let results = await withTaskGroup(of: Double.self) { group in
      for number in 1...8 {
        group.addTask {
          gradient(of: { ($0 * Double(number) * $0).sum() })(NDArray([3.0, 4.0])).sum().item()
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.sorted() == (1...8).map { 14.0 * Double($0) })
    let outside = record { () -> NDArray in
      nonisolated(unsafe) var other = NDArray(0)
      let done = DispatchSemaphore(value: 0)
      Thread {
        other = weight.value * 5
        done.signal()
      }.start()
      done.wait()
      return (weight.value + other).sum()
    }
    outside.backward()
    #expect(numbers(weight.gradient) == [1])
  }

  @Test func scopesEndWithErrors() {
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try record { () throws(Stop) -> Void in throw Stop() }
    }
    #expect(!isTraining)
    #expect(Scope.isPlain)
  }

  @Test func trainingModes() {
    #expect(!isTraining)
    record {
      #expect(isTraining)
      withTraining(false) { #expect(!isTraining) }
      #expect(isTraining)
    }
    #expect(!isTraining)
  }

  // MARK: Finite differences of composite functions

  @Test(arguments: 0..<4 as Range<UInt64>)
  func compositeFunctions(seed: UInt64) {
    let x = NDArray.random.normal([4, 5], seed: seed, dtype: .float64)
    let w = NDArray.random.normal([3, 5], seed: seed + 100, dtype: .float64)
    let b = NDArray.random.normal([3], seed: seed + 200, dtype: .float64)
    let labels = NDArray([0, 2, 1, 1], dtype: .int64)
    let functions: [([NDArray]) -> NDArray] = [
      { softmaxCrossEntropy($0[0].linear($0[1], bias: $0[2]), labels) },
      { ($0[0].matmul($0[1].transposed()).tanh() + $0[2]).softmax(axis: -1).log() },
      { args in
        let h = args[0].matmul(args[1].transposed())
        let mean = h.mean(axis: -1, keepDims: true)
        let centred = h - mean
        return centred / (centred.squared().mean(axis: -1, keepDims: true) + 0.01).sqrt() * args[2]
      },
      { NDArray.einsum("ij,kj->ik", $0[0], $0[1]).exp() * $0[2].sigmoid() },
      { args in
        // A gradient penalty: second order through finite differences of the first.
        let slope = gradient(of: { ($0.matmul(args[1].transposed()).tanh() * args[2]).sum() })
        return slope(args[0]).squared()
      },
    ]
    for function in functions {
      let check = checkGradient(of: function, at: [x, w, b], seed: seed)
      #expect(check.error < 1e-6, "seed \(seed): \(check)")
    }
  }

  @Test("outputs that do not reach the loss cost nothing on the way back")
  func missingCotangents() {
    let x = NDArray.random.normal([5, 3], seed: 1, dtype: .float64)
    let check = checkGradient(of: { Linalg.svd($0[0]).1.sum() }, at: [x], seed: 2)
    #expect(check.error < 1e-6, "\(check)")
    let (scale, bias) = (NDArray.ones([3]), NDArray.zeros([3]))
    let (graph, _) = Graph.trace(inputs: [.float32([4, 3])]) { arrays in
      let slope = gradient(of: { ($0.batchNormalization(scale: scale, bias: bias).result).sum() })
      return [slope(arrays[0])]
    }
    let names = graph.nodes.compactMap { node -> String? in
      if case .operation(let op) = node.kind { type(of: op).name } else { nil }
    }
    #expect(names.contains("batchNormalizationGradient"))
    #expect(Set(names).isDisjoint(with: ["multiply", "subtract", "mean", "add"]), "\(names)")
  }

  // MARK: Narrow dtypes

  @Test func integerExponents() {
    let a = NDArray([0, 0, 3, 2, -2], dtype: .float32)
    for dtype in [DType.uint8, .int8, .uint64, .int64] {
      let b = NDArray([0, 1, 0, 1, 3], dtype: dtype)
      let slopes = gradient(of: { (a: NDArray) in a.power(b).sum() })(a)
      // b · a^(b − 1), zero where b is.
      #expect(numbers(slopes) == [0, 1, 0, 1, 12], "\(dtype)")
    }
  }

  @Test("counts beyond the numbers of float16", arguments: [DType.float16, .bfloat16])
  func largeCounts(dtype: DType) {
    let count = 70_000
    let ones = NDArray.ones([count], dtype: dtype)
    // The same in float32, rounded once.
    let share = numbers(NDArray(1 / Float(count)).cast(to: dtype))[0]
    let expected = [Double](repeating: share, count: count)
    #expect(share > 0)
    #expect(numbers(gradient(of: { (x: NDArray) in x.mean() })(ones)) == expected)
    #expect(numbers(gradient(of: { (x: NDArray) in x.max() })(ones)) == expected)
    let zero = NDArray.zeros([1], dtype: dtype)
    let places = NDArray.zeros([count], dtype: .int64)
    let slopes = gradient(of: { (updates: NDArray) in
      zero.scatter(updates, at: [places], by: .max).sum()
    })(ones)
    #expect(numbers(slopes) == expected)
  }

  @Test(
    "an element that is picked many times gathers all that flows to it",
    arguments: [DType.float16, .bfloat16])
  func manyPicks(dtype: DType) {
    let count = 70_000
    let x = NDArray([1, 2, 3]).cast(to: dtype)
    let places = NDArray([Int64](repeating: 1, count: count))
    // 0.5 is small beside the sums that come before the last one.
    let half = NDArray.full([count], 0.5).cast(to: dtype)
    let sum = numbers(NDArray(Float(count) / 2).cast(to: dtype))[0]
    let picks: [@Sendable (NDArray) -> NDArray] = [
      { $0.take(places, axis: 0) }, { $0.gather([places]) }, { $0[places] },
      { $0.takeAlongAxis(places, axis: 0) },
    ]
    for pick in picks {
      #expect(numbers(gradient(of: { (pick($0) * half).sum() })(x)) == [0, sum, 0], "\(dtype)")
    }
    let sums = NDArray.zeros([1], dtype: dtype).scatter(
      half, at: [NDArray.zeros([count], dtype: .int64)], by: .add)
    #expect(numbers(sums) == [sum])
  }

  @Test("sums of squares beyond the numbers of float16", arguments: [DType.float16, .bfloat16])
  func variances(dtype: DType) {
    let values = (0..<4096).map { Double($0.isMultiple(of: 2) ? 320 : -320) }
    let x = NDArray(values).cast(to: dtype)
    let wide = x.cast(to: .float32)
    #expect(x.variance().dtype == dtype && x.standardDeviation().dtype == dtype)
    #expect(numbers(x.standardDeviation()) == [320])
    let small = NDArray(values.map { $0 / 8 }).cast(to: dtype)
    #expect(
      numbers(small.variance(correction: 1))
        == numbers(
          small.cast(to: .float32).variance(correction: 1).cast(to: dtype)))
    #expect(numbers(x.variance()) == numbers(wide.variance().cast(to: dtype)))
    #expect(NDArray([1, 2, 3], dtype: .int32).variance().dtype == .float32)
  }
}
