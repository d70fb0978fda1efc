/// What ``GraphCompiler`` makes of a graph.
public struct Compilation: Sendable {
  /// What the front end pushes.
  public let plan: Plan
  /// The graph after all passes.
  public let graph: Graph
  /// What was done and what it won.
  public let report: CompilationReport
}
