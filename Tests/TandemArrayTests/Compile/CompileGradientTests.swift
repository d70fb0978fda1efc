import TandemArray
import Testing

/// What a region does with the gradients that parameters hold from one call to the next.
@Suite struct CompileGradientTests {
  /// What happens before a call, beside the flags.
  private enum Event {
    case nothing, forget
  }

  /// The gradient after each of some calls of `backward`, compiled or eager.
  private func gradients(
    isCompiled: Bool, _ calls: [(accumulates: Bool, before: Event)]
  ) -> (gradients: [[Float]], traces: Int) {
    let weight = Parameter(NDArray([1, 2]))
    let body: @Sendable (NDArray) -> Void = { x in
      record { (weight.value * x).sum() }.backward()
    }
    let step = compile(mutating: weight, body: body)
    let gradients = calls.enumerated().map { index, call in
      weight.accumulatesGradient = call.accumulates
      if call.before == .forget { weight.gradient = nil }
      let x = NDArray([Float(index + 1), 10])
      if isCompiled { step(x) } else { body(x) }
      return weight.gradient?.scalars(as: Float.self) ?? []
    }
    return (gradients, step.statistics.traces)
  }

  @Test("gradients of several calls add up where that is asked for")
  func accumulation() {
    let calls = Array(repeating: (accumulates: true, before: Event.nothing), count: 3)
    let compiled = gradients(isCompiled: true, calls)
    #expect(compiled.gradients == [[1, 10], [3, 20], [6, 30]])
    #expect(compiled.gradients == gradients(isCompiled: false, calls).gradients)
    #expect(compiled.traces == 2)
  }

  @Test("the flag and the gradient are looked at in each call; old programs are found again")
  func flagsBetweenCalls() {
    let calls: [(accumulates: Bool, before: Event)] = [
      (false, .nothing), (true, .nothing), (true, .nothing), (false, .nothing), (true, .forget),
      (true, .nothing), (false, .forget),
    ]
    let compiled = gradients(isCompiled: true, calls)
    #expect(compiled.gradients == gradients(isCompiled: false, calls).gradients)
    #expect(compiled.traces == 3)
  }

  @Test func reasons() {
    let weight = Parameter(NDArray([1, 2]))
    weight.bind(path: "weight")
    let step = compile(mutating: weight) { (x: NDArray) in
      record { (weight.value * x).sum() }.backward()
    }
    weight.accumulatesGradient = true
    for _ in 0..<2 { step(NDArray([1, 1])) }
    weight.accumulatesGradient = false
    step(NDArray([1, 1]))
    #expect(
      step.statistics.reasons == [
        "first call", "the gradient of parameter weight: is there false → true",
        "parameter weight: accumulatesGradient true → false",
      ])
  }

  @Test("a gradient that is forgotten inside is forgotten at each call, and what was read before")
  func forgettingInside() {
    func run(_ isCompiled: Bool) -> [[Float]] {
      let weight = Parameter(NDArray([1, 2]))
      let body: @Sendable (NDArray) -> NDArray = { x in
        let before = weight.gradient
        weight.gradient = nil
        record { (weight.value * x).sum() }.backward()
        let sum = (weight.gradient ?? 0) + (before ?? 100)
        if before != nil { weight.gradient = nil }
        return weight.gradient == nil ? sum * 2 : sum
      }
      let step = compile(mutating: weight, body: body)
      return (0..<5).flatMap { (index: Int) -> [[Float]] in
        let x = NDArray([Float(index + 1), 10])
        let result = isCompiled ? step(x) : body(x)
        return [result.scalars(), weight.gradient?.scalars(as: Float.self) ?? []]
      }
    }
    #expect(run(true) == run(false))
  }

  @Test("tracing does not touch the gradient outside; forgetting what is not listed is refused")
  func forgettingWhatIsNotListed() {
    let text = failureText {
      let weight = Parameter(NDArray([1, 2]))
      weight.bind(path: "weight")
      let f = compile { (x: NDArray) in
        weight.gradient = nil
        return x + 1
      }
      _ = f(NDArray([1, 2]))
    }
    #expect(
      text.hasPrefix(
        "compile: the gradient of parameter weight is assigned inside the region, which changes "
          + "nothing outside; say so: compile(mutating: owner) { … }"), "\(text)")
    let body = failureText {
      let weight = Parameter(NDArray([1, 2]))
      weight.bind(path: "weight")
      let f = compile(mutating: weight) { (x: NDArray) in
        cond(x.sum() .> 0) {
          weight.gradient = nil
          return x
        } else: {
          x + 1
        }
      }
      _ = f(NDArray([1, 2]))
    }
    #expect(
      body.hasPrefix(
        "control flow: the gradient of parameter weight is set to nil inside the body of a loop "
          + "or branch; do it outside"), "\(body)")
  }
}
