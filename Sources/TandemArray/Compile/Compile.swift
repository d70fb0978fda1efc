// What users call. Tuples have no protocols, so what gives a tuple (or nothing) is declared apart
// from what gives one value; the parameter pack serves any number of inputs and results.

/// Makes a closure of arrays run as one compiled program: fused kernels, planned memory.
///
///     let gelu = compile { (x: NDArray) in
///       0.5 * x * (1 + (0.79788456 * (x + 0.044715 * x * x * x)).tanh())
///     }
///     let y = gelu(x)
///
/// The closure is called once for each kind of arguments (dtypes, shapes, memory order, number of
/// arrays), with arrays that stand for values: reading one inside stops with a message. What
/// it captures is read at each call if it is an array, a ``Parameter`` or a ``StateCell``; Swift
/// numbers become constants. Random operators draw the numbers that they would draw outside.
///
/// - Parameters:
///   - options: what is promised and checked.
///   - body: computes the results from the inputs.
public func compile<Output: ArrayTree, each Input: ArrayTree>(
  _ options: CompileOptions = .standard, file: StaticString = #fileID, line: UInt = #line,
  _ body: @escaping @Sendable (repeat each Input) -> Output
) -> Compiled<Output, repeat each Input> {
  Compiled(
    Region(options, .nothing, at: CallSite(file, line)), body: body,
    flatten: { $0.append(to: &$1) }, unflatten: { .take(from: &$0) })
}

/// The same for a closure that returns several values, or none.
@_disfavoredOverload
public func compile<each Output: ArrayTree, each Input: ArrayTree>(
  _ options: CompileOptions = .standard, file: StaticString = #fileID, line: UInt = #line,
  _ body: @escaping @Sendable (repeat each Input) -> (repeat each Output)
) -> Compiled<(repeat each Output), repeat each Input> {
  Compiled(
    Region(options, .nothing, at: CallSite(file, line)), body: body,
    flatten: { outputs, leaves in repeat (each outputs).append(to: &leaves) },
    unflatten: { (repeat (each Output).take(from: &$0)) })
}

/// Makes a closure that changes parameters and state cells run as one compiled program.
///
///     let step = compile(mutating: model, optimizer) { (images: NDArray, labels: NDArray) in
///       let (loss, gradients) = valueAndGradient(of: model) {
///         softmaxCrossEntropy(model(images), labels).mean()
///       }
///       optimizer.update(model, with: gradients)
///       return loss
///     }
///
/// What the closure assigns to parameters and cells of the listed values is a result of the
/// program, written into the old value's memory where nobody else looks at it. Assigning to
/// anything else stops with a message.
///
/// - Parameters:
///   - first: a model, an optimizer, a parameter, a cell; its parameters are named by their paths.
///   - rest: more of them.
///   - options: what is promised and checked.
///   - body: computes the results from the inputs.
public func compile<First, each Rest, Output: ArrayTree, each Input: ArrayTree>(
  mutating first: First, _ rest: repeat each Rest, options: CompileOptions = .standard,
  file: StaticString = #fileID, line: UInt = #line,
  body: @escaping @Sendable (repeat each Input) -> Output
) -> Compiled<Output, repeat each Input> {
  var values: [Any] = [first]
  repeat values.append(each rest)
  return Compiled(
    Region(options, WritableState(values), at: CallSite(file, line)), body: body,
    flatten: { $0.append(to: &$1) }, unflatten: { .take(from: &$0) })
}

/// The same for a closure that returns several values, or none.
@_disfavoredOverload
public func compile<First, each Rest, each Output: ArrayTree, each Input: ArrayTree>(
  mutating first: First, _ rest: repeat each Rest, options: CompileOptions = .standard,
  file: StaticString = #fileID, line: UInt = #line,
  body: @escaping @Sendable (repeat each Input) -> (repeat each Output)
) -> Compiled<(repeat each Output), repeat each Input> {
  var values: [Any] = [first]
  repeat values.append(each rest)
  return Compiled(
    Region(options, WritableState(values), at: CallSite(file, line)), body: body,
    flatten: { outputs, leaves in repeat (each outputs).append(to: &leaves) },
    unflatten: { (repeat (each Output).take(from: &$0)) })
}
