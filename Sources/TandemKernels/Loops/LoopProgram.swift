import TandemShapes
import TandemThreads

/// An elementwise formula with any number of outputs, some of them reduced: plain data.
///
/// Values are numbered: inputs, then scalars, then constants, then the result of each instruction.
/// Programs are made by ``LoopBuilder``. Equal programs share one instance as long as one of them
/// lives, so comparing and hashing look at an identity and the compiled ``kernel`` is found without
/// a search; the last ``recentCountMax`` that were made live on. Numbers that vary from call to
/// call must be scalars, not constants: each constant makes another program.
///
/// Reproducibility: the bits of a result follow from the program, the shape and the inputs; not
/// from strides, threads or the instruction set level.
public struct LoopProgram: Hashable, Sendable {
  /// The most inputs and outputs together.
  public static let operandCountMax = 64

  /// How many programs that nobody holds are kept, in case that they are made again.
  static let recentCountMax = 1024

  /// One step: `result = opcode(operands)`.
  public struct Instruction: Hashable, Sendable {
    /// What is computed.
    public let opcode: LoopOpcode
    /// The class of the operands (for `select`: of the two values chosen from).
    public let operandClass: ComputeClass
    /// The class of the result.
    public let resultClass: ComputeClass
    /// For `round`: the dtype that values are rounded to.
    public let dtype: DType?
    /// The numbers of the operands, as many as the opcode takes.
    public let operands: [Int]
  }

  /// A number written in the formula, as bits of its class.
  public struct Constant: Hashable, Sendable {
    /// The class of the number.
    public let computeClass: ComputeClass
    /// Its bits: of a `Float` for `float32`, of a `Double`, or two's complement.
    public let bits: UInt64
  }

  /// Where a value goes.
  public struct Output: Hashable, Sendable {
    /// The number of the value.
    public let value: Int
    /// The storage dtype.
    public let dtype: DType
    /// How the reduced axes are gathered; `nil` for an output of the full iteration shape.
    public let reduction: Reduction?
  }

  /// What a program consists of.
  public struct Contents: Hashable, Sendable {
    /// The storage dtypes of the inputs.
    public var inputs: [DType] = []
    /// The dtypes of the numbers known only at the call.
    public var scalars: [DType] = []
    /// The numbers in the formula.
    public var constants: [Constant] = []
    /// The steps, each using earlier values only.
    public var instructions: [Instruction] = []
    /// What is kept.
    public var outputs: [Output] = []
  }

  private let shared: Shared

  /// What the program consists of.
  public var contents: Contents { shared.contents }

  /// The compiled program.
  public var kernel: LoopKernel { shared.kernel }

  /// Whether an output is reduced.
  public var hasReduction: Bool { contents.outputs.contains { $0.reduction != nil } }

  init(_ contents: Contents) {
    if let known = Shared.find(contents) {
      shared = known
    } else {
      // Made outside of the lock; of two that are made at the same time the first stays.
      shared = Shared.keep(Shared(contents))
    }
  }

  public static func == (lhs: LoopProgram, rhs: LoopProgram) -> Bool { lhs.shared === rhs.shared }

  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(shared)) }

  /// How many programs there are in the process.
  package static var knownCount: Int { Shared.table.withLock { $0.known.count } }

  private final class Shared: Sendable {
    /// All programs, and the last ones that were made. What leaves it is released outside of the
    /// lock, which its `deinit` takes.
    struct Table {
      var known: [Contents: Weak] = [:]
      var recent: [Shared] = []
      var oldest = 0
    }

    struct Weak {
      weak var shared: Shared?
    }

    static let table = Guarded(Table())

    let contents: Contents
    let kernel: LoopKernel

    init(_ contents: Contents) {
      self.contents = contents
      self.kernel = LoopKernel(contents, level: .current)
    }

    deinit {
      // An equal program may have been made since the last reference went.
      let other = Shared.table.withLock { table -> Shared? in
        let other = table.known[contents]?.shared
        if other == nil { table.known[contents] = nil }
        return other
      }
      withExtendedLifetime(other) {}
    }

    static func find(_ contents: Contents) -> Shared? {
      table.withLock { $0.known[contents]?.shared }
    }

    /// The program of these contents that is known: the given one, unless there is one already.
    static func keep(_ fresh: Shared) -> Shared {
      let (kept, leaving) = table.withLock { table -> (Shared, Shared?) in
        if let known = table.known[fresh.contents]?.shared { return (known, nil) }
        table.known[fresh.contents] = Weak(shared: fresh)
        guard table.recent.count == LoopProgram.recentCountMax else {
          table.recent.append(fresh)
          return (fresh, nil)
        }
        let leaving = table.recent[table.oldest]
        table.recent[table.oldest] = fresh
        table.oldest = (table.oldest + 1) % LoopProgram.recentCountMax
        return (fresh, leaving)
      }
      withExtendedLifetime(leaving) {}
      return kept
    }
  }
}

extension LoopProgram.Contents {
  /// The number of the first constant, and of the first instruction's result.
  package var firstConstant: Int { inputs.count + scalars.count }
  package var firstResult: Int { firstConstant + constants.count }
  package var valueCount: Int { firstResult + instructions.count }

  /// The class of a value.
  public func computeClass(of value: Int) -> ComputeClass {
    if value < inputs.count { return inputs[value].computeClass }
    if value < firstConstant { return scalars[value - inputs.count].computeClass }
    if value < firstResult { return constants[value - firstConstant].computeClass }
    return instructions[value - firstResult].resultClass
  }
}
