import TandemGraph
import TandemThreads

/// A graph as a function of arrays, compiled for each combination of forms that it is called with.
final class GraphFunction: Sendable {
  private let graph: Graph
  private let options: CompileOptions
  private let programs = Guarded<[CompiledProgram]>([])

  init(_ graph: Graph, options: CompileOptions) {
    (self.graph, self.options) = (graph, options)
  }

  /// The results for these inputs, which have the types of the graph's inputs.
  func callAsFunction(_ inputs: [NDArray], at site: CallSite) -> [NDArray] {
    do throws(ShapeError) {
      return try self(throwing: inputs, at: site)
    } catch {
      fail(error.message, at: site)
    }
  }

  /// The same for a graph that came from outside.
  ///
  /// - Throws: `ShapeError` if it cannot be compiled.
  func callAsFunction(
    throwing inputs: [NDArray], at site: CallSite = .unknown
  ) throws(ShapeError) -> [NDArray] {
    let forms = inputs.map(RegionTrace.form)
    var results: [NDArray] = []
    let program = try program(forms, on: NDArray.device(of: inputs))
    if let mismatch = program.run(inputs, at: site, &results) {
      throw ShapeError("compile: broken invariant: a function has state: \(mismatch)")
    }
    return results
  }

  private func program(
    _ forms: [InputForm], on device: Device
  ) throws(ShapeError) -> CompiledProgram {
    let known = programs.withLock { programs in
      programs.first { $0.trace.forms == forms && $0.runtime.device == device }
    }
    if let known { return known }
    let program = try CompiledProgram(
      RegionTrace(of: graph, forms: forms), options: options, on: device)
    programs.withLock { programs in
      if programs.count == Limits.programsOfRegionMax { programs.removeFirst() }
      programs.append(program)
    }
    return program
  }
}
