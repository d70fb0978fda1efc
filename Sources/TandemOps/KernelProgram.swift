import TandemThreads

/// The primitives that one operator runs for given input layouts: made once, run often.
public final class KernelProgram: Sendable {
  /// One primitive with its operands. A class, so that running it copies no more than a reference.
  package final class Step: Sendable {
    package let primitive: any Primitive
    package let operands: [Lowering.Slot]
    /// How many of the operands, from the first on, are results.
    package let resultCount: Int
    package let scalars: [Int]
    /// The operands but for where they lie.
    private let placeless: [Operand]

    init(
      primitive: any Primitive, operands: [Lowering.Slot], resultCount: Int, scalars: [Int]
    ) {
      (self.primitive, self.operands, self.scalars) = (primitive, operands, scalars)
      self.resultCount = resultCount
      let nowhere = UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped
      placeless = operands.map { Operand(nowhere, $0.layout, $0.dtype) }
    }

    /// The step with a primitive that takes less, if there is one.
    fileprivate func sparing(workspaceMax: Int) -> Step {
      guard let primitive = primitive as? any SparingPrimitive else { return self }
      return Step(
        primitive: primitive.sparing(workspaceMax: workspaceMax), operands: operands,
        resultCount: resultCount, scalars: scalars)
    }

    /// The operands: one block of memory is copied, then the addresses are filled in.
    func operands(_ base: (Int) -> UnsafeMutableRawPointer) -> [Operand] {
      var placed = placeless
      for index in placed.indices { placed[index].base = base(operands[index].index) }
      return placed
    }
  }

  /// The operator's name, for messages and profiles.
  public let name: String
  /// The layouts and dtypes of the outputs.
  public let outputs: [(layout: Layout, dtype: DType)]
  /// The types of the inputs, for messages.
  public let inputTypes: TensorTypes
  /// Floating-point operations of one run, for profiles.
  public let floatingPointOperations: Int
  /// Whether the data may make it fail.
  public let mayFail: Bool
  /// Bytes of all outputs and inputs.
  public let movedBytes: Int
  /// What the last step is, if it is only started: then ``start(bases:scalars:in:done:)`` is to be
  /// called, not `run`.
  package let asynchronous: (any AsynchronousPrimitive)?
  /// Whether the program is only started, and ended by a call from elsewhere.
  public var isAsynchronous: Bool { asynchronous != nil }
  /// What lives while the program runs; slots number them after outputs and inputs.
  package let temporaries: [TensorType]
  /// The primitives, in order.
  package let steps: [Step]

  init(
    name: String, outputs: [Lowering.Slot], inputs: [Lowering.Slot], temporaries: [TensorType],
    steps: [Step]
  ) {
    self.name = name
    self.outputs = outputs.map { ($0.layout, $0.dtype) }
    self.inputTypes = TensorTypes(inputs.map { TensorType($0.shape, $0.dtype) })
    self.temporaries = temporaries
    self.steps = steps
    let asynchronous = steps.last?.primitive as? any AsynchronousPrimitive
    self.asynchronous = asynchronous
    mayFail = asynchronous != nil || steps.contains { $0.primitive is any FalliblePrimitive }
    floatingPointOperations = steps.reduce(0) {
      $0.saturatingSum($1.primitive.floatingPointOperations($1.operands.map(\.layout.shape)))
    }
    movedBytes =
      outputs.reduce(0) { $0 + $1.layout.shape.elementCount * $1.dtype.byteCount }
      + inputs.reduce(0) { $0 + $1.shape.elementCount * $1.dtype.byteCount }
  }

  /// The same program whose kernels take no more than about so many bytes from the pool for
  /// themselves, where that can be; the bits are the same.
  package func sparing(workspaceMax: Int) -> KernelProgram {
    KernelProgram(self, steps: steps.map { $0.sparing(workspaceMax: workspaceMax) })
  }

  /// Bytes that live while the program runs, beside outputs and inputs.
  public var temporaryBytes: Int { temporaries.reduce(0) { $0 + $1.byteCount } }

  /// Bytes of each of them.
  public var temporaryByteCounts: [Int] { temporaries.map(\.byteCount) }

  /// Another program with other steps on the same operands.
  private init(_ other: KernelProgram, steps: [Step]) {
    (name, outputs, inputTypes) = (other.name, other.outputs, other.inputTypes)
    (temporaries, self.steps) = (other.temporaries, steps)
    (asynchronous, mayFail) = (other.asynchronous, other.mayFail)
    (floatingPointOperations, movedBytes) = (other.floatingPointOperations, other.movedBytes)
  }

  /// Whether an output may lie exactly where an input lies, which it then replaces. Both must have
  /// one layout and dtype; every other input that lies there must pass this test, too.
  ///
  /// The input must not be read after the step that writes the output first, and that step's
  /// primitive must allow it.
  ///
  /// - Parameters:
  ///   - input: the position among all inputs.
  ///   - output: the position among the outputs.
  public func mayOverwrite(input: Int, by output: Int) -> Bool {
    let slot = outputs.count + input
    let first = steps.firstIndex { step in
      step.operands.contains { $0.index == output }
    }
    guard input < inputTypes.count, let first,
      !steps[(first + 1)...].contains(where: { $0.operands.contains { $0.index == slot } })
    else { return false }
    let step = steps[first]
    // Reading what no step has written yet is reading what the output takes the place of.
    guard let written = step.operands[..<step.resultCount].firstIndex(where: { $0.index == output })
    else { return false }
    let target = step.operands[written]
    return step.operands.indices.dropFirst(step.resultCount).allSatisfy { index in
      let operand = step.operands[index]
      guard operand.index == slot else { return true }
      return operand.layout == target.layout && operand.dtype == target.dtype
        && step.primitive.mayOverwrite(input: index - step.resultCount, by: written)
    }
  }

  /// Whether some step reads an input; what is there only for its shape need not be kept.
  public func reads(input: Int) -> Bool {
    steps.contains { step in
      step.operands[step.resultCount...].contains { $0.index == outputs.count + input }
    }
  }

  /// Bytes that the kernels take from the pool for themselves, at most, beside ``temporaries``.
  public var workspaceBytes: Int {
    steps.map { $0.primitive.workspaceBytes($0.operands.map { ($0.layout, $0.dtype) }) }.max() ?? 0
  }

  /// Runs all steps.
  ///
  /// - Parameters:
  ///   - bases: where element zero of each output, then of each input, lies; what stands for a
  ///     scalar input is not looked at. Then, if the caller has memory for them, where each of
  ///     ``temporaries`` lies; else they are taken from the pool.
  ///   - scalars: the scalar inputs, in order.
  ///   - context: the threads to use.
  /// - Throws: what the first failing primitive throws.
  public func run(
    bases: UnsafeBufferPointer<UnsafeMutableRawPointer>, scalars: [ScalarValue],
    in context: ParallelContext
  ) throws(KernelFailure) {
    let scratch = scratch(bases)
    defer { free(scratch) }
    for step in steps { try run(step, bases, scratch, scalars, in: context) }
  }

  /// Runs all steps but the last, which is asynchronous, and starts that.
  ///
  /// - Parameters:
  ///   - bases: as for ``run(bases:scalars:in:)``; the memory stays until `done` is called.
  ///   - scalars: the scalar inputs, in order.
  ///   - context: the threads to use.
  ///   - done: called once when the last step has ended, from any thread, with what went wrong.
  /// - Throws: what the first failing primitive throws; then `done` is not called.
  package func start(
    bases: UnsafeBufferPointer<UnsafeMutableRawPointer>, scalars: [ScalarValue],
    in context: ParallelContext, done: AsynchronousEnd
  ) throws(KernelFailure) {
    guard let asynchronous, let last = steps.last else {
      fail("\(name): broken invariant: nothing to start", at: .unknown)
    }
    let scratch = Scratch(memory: scratch(bases), program: self)
    for step in steps.dropLast() { try run(step, bases, scratch.memory, scalars, in: context) }
    try asynchronous.start(
      operands(of: last, bases, scratch.memory), scalars: last.scalars.map { scalars[$0] },
      in: context,
      done: AsynchronousEnd {
        failure in
        withExtendedLifetime(scratch) { done(failure) }
      } giveUp: {
        done.giveUp($0)
      })
  }

  private func run(
    _ step: Step, _ bases: UnsafeBufferPointer<UnsafeMutableRawPointer>,
    _ scratch: [UnsafeMutableRawPointer], _ scalars: [ScalarValue], in context: ParallelContext
  ) throws(KernelFailure) {
    try step.primitive.run(
      operands(of: step, bases, scratch),
      scalars: step.scalars.isEmpty ? [] : step.scalars.map { scalars[$0] }, in: context)
  }

  private func operands(
    of step: Step, _ bases: UnsafeBufferPointer<UnsafeMutableRawPointer>,
    _ scratch: [UnsafeMutableRawPointer]
  ) -> [Operand] {
    step.operands { index in
      index < bases.count ? bases[index] : scratch[index - bases.count]
    }
  }

  /// Memory of the pool for ``temporaries``, unless the caller has some for them.
  private func scratch(
    _ bases: UnsafeBufferPointer<UnsafeMutableRawPointer>
  ) -> [UnsafeMutableRawPointer] {
    bases.count >= outputs.count + inputTypes.count + temporaries.count
      ? [] : temporaries.map { BufferPool.shared.allocate(byteCount: $0.byteCount) }
  }

  fileprivate func free(_ scratch: [UnsafeMutableRawPointer]) {
    for index in scratch.indices {
      BufferPool.shared.deallocate(scratch[index], byteCount: temporaries[index].byteCount)
    }
  }

  /// The same with an array of addresses.
  ///
  /// - Throws: what the first failing primitive throws.
  public func run(
    bases: [UnsafeMutableRawPointer], scalars: [ScalarValue], in context: ParallelContext
  ) throws(KernelFailure) {
    let failure: KernelFailure? = bases.withUnsafeBufferPointer { bases in
      do throws(KernelFailure) {
        try run(bases: bases, scalars: scalars, in: context)
        return nil
      } catch { return error }
    }
    if let failure { throw failure }
  }
}

/// Temporaries of a program whose last step has been started.
///
/// `@unchecked Sendable`: the addresses are constant, and only the started step touches what they
/// point to until it drops this.
private final class Scratch: @unchecked Sendable {
  let memory: [UnsafeMutableRawPointer]
  private let program: KernelProgram

  init(memory: [UnsafeMutableRawPointer], program: KernelProgram) {
    (self.memory, self.program) = (memory, program)
  }

  deinit { program.free(memory) }
}
