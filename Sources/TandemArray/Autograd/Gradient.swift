/// The gradient of a scalar function of one array.
///
///     let slope = gradient(of: { x in (x * x).sum() })
///     slope(NDArray([1, 2]))  // [2, 4]
///
/// Works at any order: `gradient(of: gradient(of: f))` for scalar arguments.
public func gradient(
  of function: @escaping (NDArray) -> NDArray, file: StaticString = #fileID, line: UInt = #line
) -> (NDArray) -> NDArray {
  { x in
    valueAndGradients(of: { function($0[0]) }, at: [x], file: file, line: line).gradients[0]
  }
}

/// The value and the gradient of a scalar function of one array.
public func valueAndGradient(
  of function: @escaping (NDArray) -> NDArray, file: StaticString = #fileID, line: UInt = #line
) -> (NDArray) -> (value: NDArray, gradient: NDArray) {
  { x in
    let result = valueAndGradients(of: { function($0[0]) }, at: [x], file: file, line: line)
    return (result.value, result.gradients[0])
  }
}

/// The value of a scalar function of several arrays and its gradient with respect to each.
///
/// - Parameters:
///   - function: gives a float array of one element.
///   - arguments: float or complex arrays.
/// - Returns: the value, and gradients of the arguments' types; zeros where nothing depends on one.
public func valueAndGradients(
  of function: ([NDArray]) -> NDArray, at arguments: [NDArray], file: StaticString = #fileID,
  line: UInt = #line
) -> (value: NDArray, gradients: [NDArray]) {
  let site = CallSite(file, line)
  for argument in arguments where !argument.dtype.isDifferentiable {
    fail("gradient: an argument has no gradient: \(argument.type)", at: site)
  }
  let tape = Tape(.arguments)
  let links = arguments.map { _ in tape.leaf() }
  let leaves = arguments.indices.map { index -> NDArray in
    let handle = arguments[index].handle
    var all = handle.links
    all.insert(links[index])
    return NDArray(handle.alias(links: all))
  }
  let value = Scope.with {
    $0.tapes.append(tape)
  } leave: {
    $0.endTape()
  } _: {
    function(leaves)
  }
  guard value.count == 1, value.dtype.isFloatingPoint else {
    fail("gradient: needs a function whose value is one float, not \(value.type)", at: site)
  }
  var gradients = [NDArray?](repeating: nil, count: links.count)
  if let result = value.handle.links.value(on: tape) {
    let seed = NDArray.ones(like: value)
    let all = tape.backward(from: [(result, seed)], retaining: false, at: site)
    gradients = links.map { all[$0.value] }
  }
  return (
    value.handle.kept(by: tape),
    zip(arguments, gradients).map { $1 ?? NDArray.zeros(like: $0) }
  )
}

/// Applies a function that brings its own gradient: for formulas whose derivative is better written
/// by hand (numerically, or because it is meant to differ from the true one).
///
/// - Parameters:
///   - inputs: what the function is applied to.
///   - forward: computes the outputs; nothing inside is recorded.
///   - backward: from inputs, outputs and cotangents (`nil` is zero) the gradient of each input,
///     of the input's type.
public func withCustomGradient(
  _ inputs: [NDArray], forward: ([NDArray]) -> [NDArray],
  backward:
    @escaping @Sendable (
      _ inputs: [NDArray], _ outputs: [NDArray], _ cotangents: [NDArray?]
    ) -> [NDArray?], file: StaticString = #fileID, line: UInt = #line
) -> [NDArray] {
  let site = CallSite(file, line)
  let outputs = withoutRecording { forward(inputs) }.map { $0.detached() }
  for tape in Scope.current?.tapes ?? [] {
    let keptInputs = inputs.map { $0.handle.kept(by: tape) }
    let keptOutputs = outputs.map { $0.handle.kept(by: tape) }
    tape.record(
      custom: { cotangents in
        let gradients = backward(keptInputs, keptOutputs, cotangents)
        if gradients.count != keptInputs.count {
          fail(
            "withCustomGradient: \(keptInputs.count) inputs, but \(gradients.count) gradients",
            at: site)
        }
        return zip(gradients, keptInputs).enumerated().map { position, pair in
          let (gradient, input) = (pair.0?.beside(pair.1.dtype), pair.1)
          if let gradient, gradient.type != input.type {
            fail(
              "withCustomGradient: the gradient of input \(position) has another type than the "
                + "input: \(gradient.type), \(input.type)", at: site)
          }
          return gradient
        }
      }, inputs, outputs, at: site)
  }
  return outputs
}
