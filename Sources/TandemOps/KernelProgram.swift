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
    mayFail = steps.contains { $0.primitive is any FalliblePrimitive }
    floatingPointOperations = steps.reduce(0) {
      $0.saturatingSum($1.primitive.floatingPointOperations($1.operands.map(\.layout.shape)))
    }
    movedBytes =
      outputs.reduce(0) { $0 + $1.layout.shape.elementCount * $1.dtype.byteCount }
      + inputs.reduce(0) { $0 + $1.shape.elementCount * $1.dtype.byteCount }
  }

  /// Bytes that live while the program runs, beside outputs and inputs.
  public var temporaryBytes: Int { temporaries.reduce(0) { $0 + $1.byteCount } }

  /// Bytes of each of them.
  public var temporaryByteCounts: [Int] { temporaries.map(\.byteCount) }

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
    let scratch =
      bases.count >= outputs.count + inputTypes.count + temporaries.count
      ? [] : temporaries.map { BufferPool.shared.allocate(byteCount: $0.byteCount) }
    defer {
      for index in scratch.indices {
        BufferPool.shared.deallocate(scratch[index], byteCount: temporaries[index].byteCount)
      }
    }
    for step in steps {
      let operands = step.operands { index in
        index < bases.count ? bases[index] : scratch[index - bases.count]
      }
      try step.primitive.run(
        operands, scalars: step.scalars.isEmpty ? [] : step.scalars.map { scalars[$0] },
        in: context)
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
