import TandemKernels

/// What compiling a graph did: counts, bytes and times.
public struct CompilationReport: Sendable, CustomStringConvertible {
  /// One pass over the graph.
  public struct PassRecord: Sendable {
    /// The pass.
    public let name: String
    /// Nodes after it.
    public let nodeCount: Int
    /// How often it changed something.
    public let changeCount: Int
    /// How long it took.
    public let seconds: Double
  }

  /// One loop program of the plan.
  public struct KernelRecord: Sendable {
    /// The operators that it stands for.
    public let name: String
    let program: LoopProgram
    /// The rows of which it is a stage.
    var rows: RowBlocks?

    /// Which tier runs it at present: `native`, with the time that compiling each form took, or
    /// `interpreter` and why.
    public var tier: String {
      if let rows, let kernels = NativeRowKernels.of(rows) {
        let tier = NativeKernels.tier(kernels.outcomes)
        if tier.hasPrefix("native") { return tier }
      }
      return program.kernel.tier
    }
    /// Whether machine code of its own runs it.
    public var isNative: Bool { tier.hasPrefix("native") }
  }

  /// Nodes of the graph as it was traced, inputs and constants included.
  public var nodeCountBefore = 0
  /// Nodes of the graph after all passes.
  public var nodeCountAfter = 0
  /// Kernels that the graph would take, one for each operator that is not a view.
  public var kernelCountBefore = 0
  /// Operations of the plan.
  public var kernelCountAfter = 0
  /// Bytes of the arena.
  public var arenaBytes = 0
  /// Bytes of memory made for each call beside results: what asynchronous operators use.
  public var passingBytes = 0
  /// Bytes of memory made for results.
  public var outputBytes = 0
  /// The most bytes that one operation takes for itself while it runs, outside of the arena.
  public var temporaryBytesMax = 0
  /// Values that are computed again to stay under the memory limit.
  public var recomputedCount = 0
  /// Donations that could not be used, as another reader comes later or layouts differ.
  public var refusedDonations: [Int] = []
  /// The passes in the order in which they ran, the memory plan last.
  public var passes: [PassRecord] = []

  /// The loop programs of the plan, in order.
  public var kernels: [KernelRecord] = []

  /// A report of nothing.
  public init() {}

  /// The most bytes that are in use at once beside inputs: arena, results, what asynchronous
  /// operators use, and what an operation takes for itself.
  public var plannedPeakBytes: Int {
    arenaBytes + passingBytes + outputBytes + temporaryBytesMax
  }

  /// A table: one line for each pass, then the time of all, counts and bytes.
  public var description: String {
    var lines = ["pass                          nodes  changes        ms"]
    for pass in passes {
      lines.append(
        padded(pass.name, 28) + trailing("\(pass.nodeCount)", 7)
          + trailing("\(pass.changeCount)", 9) + trailing(milliseconds(pass.seconds), 10))
    }
    let seconds = passes.reduce(0) { $0 + $1.seconds }
    lines.append(padded("all", 44) + trailing(milliseconds(seconds), 10))
    lines.append("nodes    \(nodeCountBefore) -> \(nodeCountAfter)")
    lines.append("kernels  \(kernelCountBefore) -> \(kernelCountAfter)")
    lines.append(
      "bytes    \(plannedPeakBytes) (arena \(arenaBytes), results \(outputBytes), "
        + "temporary \(temporaryBytesMax))")
    if recomputedCount > 0 { lines.append("recomputed values  \(recomputedCount)") }
    if !refusedDonations.isEmpty {
      lines.append("results with memory of their own  \(refusedDonations)")
    }
    lines += kernels.map { "  \($0.name): \($0.tier)" }
    return lines.joined(separator: "\n")
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func trailing(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func milliseconds(_ seconds: Double) -> String {
    let thousandths = Int((seconds * 1e6).rounded())
    let fraction = "\(thousandths % 1000)"
    return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }
}
