/// A compiled graph as data: what the front end pushes, one engine operation for each
/// ``Operation``, with one variable for each buffer and output.
///
/// Operations stand in an order in which they can run. An operation reads the places of its
/// operands and writes the places of its results and its clobbers; with that declared, any order
/// that an engine chooses gives the same bytes. An asynchronous operation is one of its own; those
/// that do not depend on it share no memory with it or with those that do.
public struct Plan: Sendable {
  /// Whose memory.
  public enum Place: Hashable, Sendable {
    /// The storage of an input of the graph.
    case input(Int)
    /// Memory that the caller makes for a result: ``OutputSource/fresh(byteCount:layout:dtype:)``.
    case output(Int)
    /// A part of the arena: ``Plan/buffers``.
    case buffer(Int)
    /// Memory that never changes: ``Plan/constants``.
    case constant(Int)
    /// Memory that the caller makes for each call: ``Plan/passing``.
    case passing(Int)
  }

  /// Where element zero of an operand lies.
  public struct Operand: Hashable, Sendable {
    /// Whose memory.
    public let place: Place
    /// Bytes from the start of that memory; for `.buffer` from the start of the buffer.
    public let byteOffset: Int
  }

  /// A number that a kernel takes as a scalar.
  public enum Scalar: Hashable, Sendable {
    /// Known when the graph was compiled.
    case value(ScalarValue)
    /// What the caller gives for an input whose form is ``InputForm/number``.
    case input(Int)
  }

  /// One kernel program over given memory.
  public struct Operation: Sendable {
    /// What runs: `run(bases:scalars:in:)` takes the addresses of `results`, then of `operands`,
    /// then of `temporaries`.
    public let program: KernelProgram
    /// Where the outputs go.
    public let results: [Operand]
    /// Where the inputs lie; `nil` stands for a number, or an array that is there for its shape,
    /// for which any address does.
    public let operands: [Operand?]
    /// Where the kernel's temporaries lie; empty if it takes them from the pool, as they are small.
    public let temporaries: [Operand]
    /// The numbers among the inputs, in order.
    public let scalars: [Scalar]
    /// Whether it is only started, and ended by a call from elsewhere.
    public var isAsynchronous: Bool { program.isAsynchronous }
    /// Where the user wrote it.
    public let site: CallSite
    /// The module in which it stands.
    public let path: String
    /// Buffers that share bytes with a result and were used before: written, to the engine.
    public let clobbers: [Int]
    /// Bytes of all results.
    public let declaredBytes: Int
    /// The part of the plan in which it stands: operations of one part wait for the same
    /// asynchronous ones.
    public let part: Int
    /// Elements of the largest array that it touches: whether it is worth handing to another
    /// thread.
    public let elementCountMax: Int
  }

  /// A part of the arena.
  public struct Buffer: Hashable, Sendable {
    /// Where it starts, a multiple of 64.
    public let byteOffset: Int
    /// How long it is.
    public let byteCount: Int
  }

  /// Memory that never changes, with its contents.
  public struct Constant: Hashable, Sendable {
    /// The bytes of all elements in row-major order.
    public let bytes: [UInt8]
    /// Shape and dtype.
    public let type: TensorType
  }

  /// Where a result of the graph comes from.
  public enum OutputSource: Hashable, Sendable {
    /// Memory of `byteCount` bytes that the caller makes for each call.
    case fresh(byteCount: Int, layout: Layout, dtype: DType)
    /// The memory of an input, which now holds the result.
    case donated(input: Int, layout: Layout, dtype: DType)
    /// An input, or a view of it, unchanged.
    case input(Int, layout: Layout, dtype: DType)
    /// The memory of an earlier result: two results are one value, or views of one.
    case sameMemory(output: Int, layout: Layout, dtype: DType)
    /// A zero-dimensional number known when the graph was compiled.
    case number(ScalarValue)
  }

  /// How long the arena is; one for each call that is under way.
  public let arenaByteCount: Int
  /// The parts of the arena; they may share bytes.
  public let buffers: [Buffer]
  /// What never changes.
  public let constants: [Constant]
  /// Bytes of each memory that a call needs for itself, beside results: what asynchronous
  /// operations read and write, and what is used on both sides of one. Nothing else ever lies
  /// there, so whatever else runs meanwhile, in other calls, too, has nothing to wait for.
  public let passing: [Int]
  /// What runs, in an order in which it can run.
  public let operations: [Operation]
  /// Where the results come from.
  public let outputs: [OutputSource]
}
