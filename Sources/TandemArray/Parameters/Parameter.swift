import TandemThreads

/// A trainable array with an identity: its path from the model, `blocks.3.attention.query.weight`,
/// which names it in checkpoints, in the kvstore and in errors.
///
/// Layers are values; their parameters are references: copies of a layer share them.
/// Lengths that are not known at the start are inferred at the first call.
///
/// The first value, made when it is first asked for, depends on a seed and the path, not on the
/// order of creation. The seed is that of ``bind(path:seed:)``, else the one of ``withSeed(_:_:)``
/// or ``setRandomSeed(_:)`` that is in force at that moment. So two models of one architecture
/// that are bound with the same seed start identical. A parameter that is still without a path,
/// as in a model that is called before anything binds it (a trainer, `valueAndGradient`,
/// `compile(mutating:)`), takes the next numbers of the thread's random state instead: two such
/// models differ.
public final class Parameter: Sendable {
  /// The lengths of the axes; `nil` is inferred at the first call.
  public let declaredShape: [Int?]
  /// How the first value is made.
  public var initializer: Initializer { state.withLock { $0.initializer } }
  private let state: Held<State>

  /// Apart from the rest, as messages name the parameter while it is being changed.
  private let boundPath = Guarded<String?>(nil)

  private struct State {
    var initializer: Initializer
    var seed: UInt64?
    var value: NDArray?
    var gradient: NDArray?
    var rowGradient: RowSparseArray?
    var accumulates = false
    var isTrainable = true
  }

  /// - Parameters:
  ///   - shape: the lengths of the axes; `nil` where they are inferred at the first call.
  ///   - initializer: how the first value is made.
  public init(shape: [Int?], initializer: Initializer) {
    self.declaredShape = shape
    self.state = Held(State(initializer: initializer))
  }

  /// A parameter that starts as a given array.
  public convenience init(_ value: NDArray) {
    self.init(shape: value.shape.array.map { $0 }, initializer: .zeros)
    state.withLock { $0.value = value }
  }

  /// The path from the model, once it is bound; `unbound` before.
  public var path: String { boundPath.withLock { $0 } ?? "unbound" }

  /// Names the parameter by its path from the model; the first binding stays.
  ///
  /// - Parameter seed: of the first value, if it is not made yet; the one that is in force when it
  ///   is made if `nil`. The first that is given stays.
  public func bind(path: String, seed: UInt64? = nil) {
    boundPath.withLock { if $0 == nil { $0 = path } }
    state.withLock { if $0.seed == nil { $0.seed = seed } }
  }

  /// Sets how the first value is made; there must be none yet.
  func setInitializer(_ initializer: Initializer, at site: CallSite) {
    let isMade = state.withLock { state in
      if state.value == nil { state.initializer = initializer }
      return state.value != nil
    }
    if isMade {
      fail("parameter \(path): has its first value already, so no initializer is asked", at: site)
    }
  }

  /// Whether the parameter has a value yet.
  public var isInitialized: Bool { state.withLock { $0.value != nil } }

  /// Whether training changes the parameter.
  public var isTrainable: Bool {
    get { note(.isTrainable) }
    set {
      Scope.current?.trace?.noteChange(.isTrainable, of: self)
      state.withLock { $0.isTrainable = newValue }
    }
  }

  /// Whether `backward` adds to the gradient instead of replacing it. A compiled region looks at
  /// each call, and is traced again where this has changed.
  public var accumulatesGradient: Bool {
    get { note(.accumulatesGradient) }
    set {
      Scope.current?.trace?.noteChange(.accumulatesGradient, of: self)
      state.withLock { $0.accumulates = newValue }
    }
  }

  /// The gradient that the last `backward` left, of the value's type; a row-sparse one with its
  /// zeros. In a compiled region that lists the parameter what is assigned, `nil` too, takes effect
  /// at each call.
  public var gradient: NDArray? {
    get {
      guard let trace = Scope.current?.trace else { return currentGradient }
      return trace.rowGradient(of: self)?.dense ?? trace.gradient(of: self)
    }
    set {
      guard let trace = Scope.current?.trace else {
        state.withLock { ($0.gradient, $0.rowGradient) = (newValue, nil) }
        return
      }
      trace.setRowGradient(nil, of: self)
      if let newValue {
        trace.assign(newValue, to: .gradient(self), at: .unknown)
      } else {
        trace.clear(.gradient(self))
      }
    }
  }

  /// The gradient that the last `backward` left, if only rows of the parameter were read, with
  /// ``rows(_:file:line:)``; ``gradient`` is the same with its zeros. What a compiled region leaves
  /// here is dense outside of it.
  public private(set) var rowGradient: RowSparseArray? {
    get {
      guard let trace = Scope.current?.trace else { return state.withLock { $0.rowGradient } }
      return trace.rowGradient(of: self)
    }
    set {
      gradient = nil
      guard let trace = Scope.current?.trace else {
        state.withLock { $0.rowGradient = newValue }
        return
      }
      trace.setRowGradient(newValue, of: self)
    }
  }

  /// The array; inside `record` a leaf of the tape.
  ///
  /// Stops with a message if the shape is not known yet.
  public var value: NDArray {
    get { recorded(initialized([], .unknown)) }
    set { assign(newValue, at: .unknown) }
  }

  /// The array, after lengths that were not declared are filled in, in order.
  ///
  /// - Parameter lengths: one for each `nil` of ``declaredShape``; must agree with an earlier call.
  public func value(
    for lengths: Int..., file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { recorded(initialized(lengths, CallSite(file, line))) }

  /// Sets the array; the shape must be what was declared, the dtype that of the value before, or
  /// any of floats if there is none. In a compiled region the array becomes an output of it.
  private func assign(_ value: NDArray, at site: CallSite) {
    let known = currentValue?.dtype
    let value = known.map(value.beside) ?? value
    guard known.map({ $0 == value.dtype }) ?? value.dtype.isFloatingPoint else {
      let wanted = known.map { "\($0)" } ?? "floats"
      fail("parameter \(path): holds \(wanted), not \(value.type)", at: site)
    }
    let fits =
      value.rank == declaredShape.count
      && zip(value.shape.array, declaredShape).allSatisfy { $1 == nil || $0 == $1 }
    guard fits else {
      fail("parameter \(path): \(value.type) does not fit \(text)", at: site)
    }
    if let trace = Scope.current?.trace {
      trace.assign(value, to: .parameter(self), at: site)
      return
    }
    state.withLock { $0.value = value.detached() }
  }

  /// Changes the value without another reference to it, so that the change can be made in place.
  ///
  /// - Parameter body: must not use this parameter, which is locked meanwhile.
  public func update<T>(_ body: (inout NDArray) -> T) -> T {
    if let trace = Scope.current?.trace {
      var value = trace.value(of: .parameter(self), outside: initialized([], .unknown))
      defer { trace.assign(value, to: .parameter(self), at: .unknown) }
      return body(&value)
    }
    _ = initialized([], .unknown)
    return state.withLock { state in
      var taken = NDArray(0.0)
      if let value = state.value.take() { taken = value }
      defer { state.value = taken.handle.links.isEmpty ? taken : taken.detached() }
      return body(&taken)
    }
  }

  /// Takes the gradient of a backward pass.
  func receive(_ gradient: NDArray) {
    let sum: NDArray? = accumulatesGradient ? self.gradient : nil
    self.gradient = sum.map { NDArray.apply(Add(), $0, gradient, at: .unknown) } ?? gradient
  }

  /// Takes the gradient of a backward pass that read rows alone.
  func receive(_ gradient: RowSparseArray) {
    guard accumulatesGradient, let sum = self.gradient else {
      rowGradient = gradient
      return
    }
    if let rows = rowGradient {
      rowGradient = rows + gradient
    } else {
      self.gradient = NDArray.apply(Add(), sum, gradient.dense, at: .unknown)
    }
  }

  private func recorded(_ outside: NDArray) -> NDArray {
    guard let scope = Scope.current else { return outside }
    let value = recorded(outside, in: scope)
    return scope.precision == nil ? value : value.atPrecision
  }

  private func recorded(_ outside: NDArray, in scope: Scope) -> NDArray {
    if !scope.replacements.isEmpty, let value = scope.replacements[ObjectIdentifier(self)] {
      return value
    }
    let value = scope.trace?.value(of: .parameter(self), outside: outside) ?? outside
    guard isTrainable else { return value }
    var links = TapeLinks()
    for tape in scope.tapes where tape.kind == .parameters { links.insert(tape.link(to: self)) }
    return links.isEmpty ? value : NDArray(value.handle.alias(links: links))
  }

  private func initialized(_ lengths: [Int], _ site: CallSite) -> NDArray {
    let (known, seed) = state.withLock { ($0.value, $0.seed) }
    let path = boundPath.withLock { $0 }
    if let value = known {
      check(value, lengths, site)
      return value
    }
    var (open, shape) = (lengths[...], Shape())
    for length in declaredShape {
      guard let length = length ?? open.popFirst() else {
        fail(
          "parameter \(self.path): the shape \(text) is not known before the first call", at: site)
      }
      shape.append(length)
    }
    if shape.hasTooManyElements {
      fail("parameter \(self.path): too many elements: \(shape)", at: site)
    }
    // Without a path there is nothing else that tells parameters apart.
    let key =
      path.map { .forParameter(path: $0, seed: seed ?? RandomState.current.seed) }
      ?? RandomState.current.next()
    let value = withoutTracing { initializer(shape, key: key) }
    return state.withLock { state in
      if state.value == nil { state.value = value }
      return state.value ?? value
    }
  }

  /// A property; the region that is being traced is told that its closure depends on it.
  private func note(_ property: TraceCondition.Property) -> Bool {
    Scope.current?.trace?.note(property, of: self) ?? property.isTrue(of: self)
  }

  /// The flags, whatever is traced.
  var flags: (isTrainable: Bool, accumulates: Bool) {
    state.withLock { ($0.isTrainable, $0.accumulates) }
  }

  /// Held by who reads or changes the parameter.
  var lock: StateLock { state.lock }

  /// The array, whatever is traced and recorded; `nil` if it is not made yet.
  var currentValue: NDArray? { state.withLock { $0.value } }

  /// The gradient, whatever is traced.
  var currentGradient: NDArray? {
    let (gradient, rows) = state.withLock { ($0.gradient, $0.rowGradient) }
    return gradient ?? rows.map { rows in withoutTracing { rows.dense } }
  }

  /// Whether there is a gradient, whatever is traced.
  var hasCurrentGradient: Bool {
    state.withLock { $0.gradient != nil || $0.rowGradient != nil }
  }

  /// Calls `body` with the array itself, whatever is traced and recorded.
  func withCurrentValue<T>(_ body: (inout NDArray?) -> T) -> T {
    state.withLock { body(&$0.value) }
  }

  /// Calls `body` with the gradient itself, whatever is traced; a row-sparse one becomes dense.
  func withCurrentGradient<T>(_ body: (inout NDArray?) -> T) -> T {
    state.withLock { state in
      if let rows = state.rowGradient {
        (state.gradient, state.rowGradient) = (withoutTracing { rows.dense }, nil)
      }
      return body(&state.gradient)
    }
  }

  private func check(_ value: NDArray, _ lengths: [Int], _ site: CallSite) {
    var open = lengths[...]
    for (axis, declared) in declaredShape.enumerated() where declared == nil {
      if let wanted = open.popFirst(), wanted != value.shape[axis] {
        fail(
          "parameter \(path): was made as \(value.type), but axis \(axis) is now \(wanted)",
          at: site)
      }
    }
  }

  private var text: String {
    "[" + declaredShape.map { $0.map(String.init) ?? "?" }.joined(separator: ", ") + "]"
  }
}

/// Runs `body` outside of traces and tapes: what it makes is a value, not part of a graph.
package func withoutTracing<T>(_ body: () -> T) -> T {
  var before: (trace: Trace?, tapes: [Tape], precision: DType?) = (nil, [], nil)
  return Scope.with { scope in
    before = (scope.trace, scope.tapes, scope.precision)
    (scope.trace, scope.tapes, scope.precision) = (nil, [], nil)
  } leave: {
    ($0.trace, $0.tapes, $0.precision) = before
  } _: {
    body()
  }
}
