import TandemGraph

/// What compiling the last program of a region that was used did.
public struct RegionReport: Sendable, CustomStringConvertible {
  /// Passes with their times, kernels before and after, planned bytes.
  public let compilation: CompilationReport
  /// The graph as it was traced.
  public let graph: Graph
  /// Bytes that calls have taken from the pool at most: the arena, results, and what a kernel took
  /// for itself.
  public let measuredBytes: Int

  /// Kernels that the operators would take one by one.
  public var kernelsBefore: Int { compilation.kernelCountBefore }
  /// Kernels of the program.
  public var kernelsAfter: Int { compilation.kernelCountAfter }
  /// The most bytes in use at once by plan, beside inputs.
  public var plannedBytes: Int { compilation.plannedPeakBytes }

  /// The compiler's table and the bytes taken.
  public var description: String {
    "\(compilation)\nplanned  \(plannedBytes) bytes, measured \(measuredBytes)"
  }
}
