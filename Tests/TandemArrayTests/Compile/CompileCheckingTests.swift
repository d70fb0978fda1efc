import Synchronization
import TandemArray
import Testing

/// What checking mode and shadow mode find, and what they must let pass.
@Suite struct CompileCheckingTests {
  /// What a region in checking mode says after `change`, which comes after two calls.
  private func complaint<Value: Sendable>(
    _ value: Value, _ changed: Value,
    _ body: @escaping @Sendable (Value, NDArray) -> [NDArray]
  ) -> String {
    let current = Mutex(value)
    return failureText {
      let f = compile(.checking) { (x: NDArray) in body(current.withLock { $0 }, x) }
      for _ in 0..<2 { _ = f(NDArray([1, 2])) }
      current.withLock { $0 = changed }
      _ = f(NDArray([1, 2]))
    }
  }

  private static let closure = "compile: the closure is no longer what was compiled: "

  @Test("a loop of another count", arguments: [(3, 2), (2, 3)])
  func loopCount(_ before: Int, _ after: Int) {
    let text = complaint(before, after) { count, x in
      var y = x
      for _ in 0..<count { y = y * y }
      return [y]
    }
    let what = after < before ? "has fewer operators" : "has more operators"
    #expect(text.hasPrefix("\(Self.closure)\(what): \(before) → \(after);"), "\(text)")
    #expect(text.contains("(CompileCheckingTests.swift:"), "\(text)")
  }

  @Test("another result of the same operators")
  func anotherResult() {
    let text = complaint(true, false) { isFirst, x in
      let (a, b) = (x + 1, x * 2)
      return [isFirst ? a : b]
    }
    #expect(text.hasPrefix("\(Self.closure)result 0: add → multiply;"), "\(text)")
    let swapped = complaint(true, false) { isFirst, x in
      let (a, b) = (x + 1, x * 2)
      return isFirst ? [a, b] : [b, a]
    }
    #expect(swapped.hasPrefix("\(Self.closure)result 0: add → multiply;"), "\(swapped)")
  }

  @Test("another number of results")
  func resultCount() {
    let text = complaint(2, 1) { count, x in Array([x + 1, x * 2][..<count]) }
    #expect(text.hasPrefix("\(Self.closure)results: 2 → 1;"), "\(text)")
  }

  @Test("a captured array that was replaced, but not one that is made anew in each call")
  func capturedArray() {
    let text = complaint(NDArray([2, 3]), NDArray([2, 4])) { factor, x in [x * factor] }
    #expect(
      text.hasPrefix("\(Self.closure)a captured array float32[2]: element 1: 3.0 → 4.0;"),
      "\(text)")
    #expect(text.contains("(CompileCheckingTests.swift:"), "\(text)")
    #expect(complaint(1, 2) { _, x in [x * NDArray([2, 3])] } == "did not fail")
  }

  @Test("what is assigned, and whether")
  func writes() {
    let flag = Mutex(true)
    let text = failureText {
      let (a, b) = (StateCell("a", NDArray([0, 0])), StateCell("b", NDArray([0, 0])))
      let f = compile(mutating: a, b, options: .checking) { (x: NDArray) in
        let cell = flag.withLock { $0 } ? a : b
        cell.value = x + 1
      }
      for _ in 0..<2 { f(NDArray([1, 2])) }
      flag.withLock { $0 = false }
      f(NDArray([1, 2]))
    }
    #expect(
      text.hasPrefix("\(Self.closure)it assigns state cell a → it assigns state cell b;"),
      "\(text)")
  }

  @Test("regions that are right pass: recorded, accumulating, with parameters of changing flags")
  func passes() {
    let weight = Parameter(NDArray([1, 2]))
    for options in [CompileOptions.checking, .shadowing] {
      weight.gradient = nil
      weight.accumulatesGradient = true
      let step = compile(mutating: weight, options: options) { (x: NDArray) in
        record { (weight.value * x).sum() }.backward()
        return x.tanh()
      }
      for _ in 0..<3 { _ = step(NDArray([1, 10])) }
      #expect(weight.gradient?.scalars(as: Float.self) == [3, 30])
      weight.accumulatesGradient = false
      _ = step(NDArray([1, 10]))
      #expect(weight.gradient?.scalars(as: Float.self) == [1, 10])
      let forward = compile(options) { (x: NDArray) in (weight.value * x).tanh().sum() }
      for isTrainable in [true, true, false, true] {
        weight.isTrainable = isTrainable
        let x = NDArray([1, 2])
        let result = gradient(of: { forward($0) })(x)
        #expect(result.shape == [2])
      }
    }
  }

  @Test("a closure that changes the flag by which it goes")
  func ownFlags() {
    let weight = Parameter(NDArray([1, 2]))
    let f = compile { (x: NDArray) in
      if !weight.isTrainable { return x * 3 }
      weight.isTrainable = false
      return x * 2
    }
    #expect(f(NDArray([1, 2])).scalars(as: Float.self) == [2, 4])
    #expect(f(NDArray([1, 2])).scalars(as: Float.self) == [3, 6])
    weight.isTrainable = true
    #expect(f(NDArray([1, 2])).scalars(as: Float.self) == [2, 4])
    #expect(f.statistics.traces == 2)
  }

  @Test("numbers that cells hold are looked at and left as they are, until a call runs")
  func numbersInCells() {
    for options in [CompileOptions.checking, .shadowing] {
      let sum = StateCell("sum", 0.0)
      let step = compile(mutating: sum, options: options) { (x: NDArray) in
        sum.value = sum.value + x.sum()
      }
      for start in [0.0, 10.0] {
        sum.value = NDArray(start)
        for _ in 0..<3 { step(NDArray([1, 2])) }
        #expect(sum.value.item() == start + 9)
      }
      #expect(step.statistics.traces == 1)
    }
  }

  @Test("recorded calls are checked, too")
  func recordedCalls() {
    let flag = Mutex(3)
    let text = failureText {
      let weight = Parameter(NDArray([1, 2]))
      let f = compile(.checking) { (x: NDArray) in
        var y = weight.value * x
        for _ in 0..<flag.withLock({ $0 }) { y = y * y }
        return y.sum()
      }
      for _ in 0..<2 { _ = record { f(NDArray([1, 2])) } }
      flag.withLock { $0 = 2 }
      _ = record { f(NDArray([1, 2])) }
    }
    #expect(text.hasPrefix(Self.closure), "\(text)")
  }

  // MARK: Shadow mode

  @Test("shadow mode leaves fast regions alone: their bits may differ")
  func fastRegions() {
    var options = CompileOptions.fast
    (options.isShadowing, options.isChecking) = (true, false)
    let calls = Mutex(0)
    let f = compile(options) { (x: NDArray) in
      calls.withLock { $0 += 1 }
      return x + 1
    }
    for _ in 0..<3 { _ = f(NDArray([1, 2])) }
    #expect(calls.withLock { $0 } == 1)
  }

  @Test("all NaNs are equal in shadow mode, whatever their sign and payload")
  func nans() {
    let flips = Mutex(false)
    let first = NDArray([-Float.nan, Float(nan: 3, signaling: false), 1])
    let second = NDArray([Float.nan, Float.nan, 1])
    func run(_ a: NDArray, _ b: NDArray) -> String {
      flips.withLock { $0 = false }
      return failureText {
        let f = compile(.shadowing) { (x: NDArray) in
          // The trace sees the first array, the eager call the second one.
          let isSecond = flips.withLock { isSecond in
            defer { isSecond = true }
            return isSecond
          }
          return x + 0 + (isSecond ? b : a) * 0 + (isSecond ? b : a)
        }
        _ = f(NDArray([0, 0, 0]))
      }
    }
    #expect(run(first, second) == "did not fail")
    let text = run(first, NDArray([Float.nan, Float.nan, 2]))
    #expect(
      text.hasPrefix(
        "compile: result 0 differs from eager: element 2 of float32[3]: 2.0, compiled 1.0"),
      "\(text)")
    let number = run(first, NDArray([Float.nan, 0, 1]))
    #expect(
      number.hasPrefix("compile: result 0 differs from eager: element 1 of float32[3]: 0.0"),
      "\(number)")
  }

  @Test("what fails eagerly and compiled is no difference")
  func failures() {
    let f = compile(.shadowing) { (x: NDArray) in Linalg.cholesky(x) }
    let result = f(NDArray([[1.0, 2], [2, 1]]))
    #expect(throws: (any Error).self) { try result.withUnsafeBytes { _ in } }
  }

  @Test("hits and traces of shadow mode are those of the standard mode")
  func statistics() {
    func run(_ options: CompileOptions) -> [Int] {
      let cell = StateCell("factor", NDArray([1, 2]))
      let f = compile(mutating: cell, options: options) { (x: NDArray) in x * cell.value }
      for _ in 0..<3 { _ = f(NDArray([1, 2])) }
      cell.value = NDArray([[1, 2]])
      for _ in 0..<3 { _ = f(NDArray([1, 2])) }
      return [f.statistics.hits, f.statistics.traces]
    }
    #expect(run(.standard) == [4, 2])
    #expect(run(.shadowing) == [4, 2])
  }
}
