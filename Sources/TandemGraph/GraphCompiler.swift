/// Turns graphs into plans: runs the pipeline of passes, then plans memory.
public struct GraphCompiler: Sendable {
  /// How graphs are compiled.
  public let options: CompilerOptions
  /// What a graph goes through, in order.
  public let pipeline: [any Pass]

  /// A compiler with the standard pipeline.
  public init(options: CompilerOptions = CompilerOptions()) {
    self.init(options: options, pipeline: standardPipeline)
  }

  /// A compiler with a pipeline of its own.
  public init(options: CompilerOptions, pipeline: [any Pass]) {
    (self.options, self.pipeline) = (options, pipeline)
  }

  /// Compiles a graph for arrays of these layouts.
  ///
  /// - Parameters:
  ///   - inputs: the layout of each input.
  ///   - donations: for each result, the input whose memory it may take over, or `nil`.
  /// - Throws: `ShapeError` if layouts and types of the inputs do not fit together.
  public func compile(
    _ graph: Graph, inputs: [Layout], donations: [Int?]
  ) throws(ShapeError) -> Compilation {
    try compile(graph, inputs: inputs.map { .array($0) }, donations: donations)
  }

  /// Compiles a graph for inputs of these forms, some of which may be numbers.
  ///
  /// - Parameters:
  ///   - inputs: what each input is at a call.
  ///   - donations: for each result, the input whose memory it may take over, or `nil`. Such an
  ///     input must have no other owner at the call. Where it cannot be done the result is fresh.
  /// - Throws: `ShapeError` if forms and types of the inputs do not fit together; when verifying,
  ///   also if a pass broke the graph, with the pass's name.
  public func compile(
    _ graph: Graph, inputs: [InputForm], donations: [Int?]
  ) throws(ShapeError) -> Compilation {
    try check(graph, inputs, donations)
    let context = PassContext(options: options, inputs: inputs, donations: donations)
    var report = CompilationReport()
    report.nodeCountBefore = graph.nodes.count
    report.kernelCountBefore = graph.kernelCount
    var current = graph
    var kept: Graph?
    GraphDump.passes.write("traced", current)
    for pass in pipeline where options.includes(pass) {
      if pass.name == Recompute().name { kept = current }
      current = try run(pass, current, context, &report)
    }
    var result = try plan(current, context, report)
    if let limit = options.memoryLimitBytes, let kept, result.report.plannedPeakBytes > limit {
      result = try tightened(kept, context, report, limit: limit, than: result)
    }
    GraphDump.kernels.write(result.plan)
    result.plan.enableNativeKernels()
    return result
  }

  private func run(
    _ pass: any Pass, _ graph: Graph, _ context: PassContext, _ report: inout CompilationReport
  ) throws(ShapeError) -> Graph {
    let start = ContinuousClock.now
    let result = try pass.run(graph, context)
    let seconds = (ContinuousClock.now - start).seconds
    report.passes.append(
      CompilationReport.PassRecord(
        name: pass.name, nodeCount: result.graph.nodes.count, changeCount: result.changeCount,
        seconds: seconds))
    if pass.name == Recompute().name { report.recomputedCount = result.changeCount }
    if options.isVerifying { try verify(result.graph, after: pass, before: graph) }
    if result.changeCount > 0 { GraphDump.passes.write(pass.name, result.graph) }
    return result.graph
  }

  private func plan(
    _ graph: Graph, _ context: PassContext, _ before: CompilationReport
  ) throws(ShapeError) -> Compilation {
    let start = ContinuousClock.now
    var planner = Planner(graph, context)
    let plan = try planner.plan()
    var report = before
    report.passes.append(
      CompilationReport.PassRecord(
        name: "plan memory", nodeCount: graph.nodes.count, changeCount: plan.buffers.count,
        seconds: (ContinuousClock.now - start).seconds))
    report.nodeCountAfter = graph.nodes.count
    report.refusedDonations = planner.refusedDonations
    report.add(plan)
    return Compilation(plan: plan, graph: graph, report: report)
  }

  /// How often a plan over the limit is made anew with less to recompute for.
  private static let tighteningsMax = 8

  /// Recomputes more where gaps between values have brought a plan over the limit: the first plan
  /// that stays under it, else the smallest.
  ///
  /// - Parameter graph: before anything was recomputed.
  private func tightened(
    _ graph: Graph, _ context: PassContext, _ report: CompilationReport, limit: Int,
    than first: Compilation
  ) throws(ShapeError) -> Compilation {
    var best = first
    var budget = limit
    var peak = first.report.plannedPeakBytes
    for _ in 0..<GraphCompiler.tighteningsMax {
      let next = Int(Double(budget) * min(Double(limit) / Double(peak), 0.97))
      budget = max(next, 1)
      var report = report
      report.passes.removeAll { $0.name == Recompute().name }
      let graph = try run(Recompute(budget: budget), graph, context, &report)
      let result = try plan(graph, context, report)
      peak = result.report.plannedPeakBytes
      if peak < best.report.plannedPeakBytes { best = result }
      if peak <= limit { break }
    }
    return best
  }

  private func check(
    _ graph: Graph, _ inputs: [InputForm], _ donations: [Int?]
  ) throws(ShapeError) {
    guard inputs.count == graph.inputs.count, donations.count == graph.outputs.count else {
      throw ShapeError(
        "compile: \(graph.inputs.count) inputs and \(graph.outputs.count) results, but "
          + "\(inputs.count) layouts and \(donations.count) donations")
    }
    if let limit = options.memoryLimitBytes, limit < 0 {
      throw ShapeError("compile: negative memory limit: \(limit) bytes")
    }
    for (position, input) in inputs.enumerated() {
      let type = graph.nodes[graph.inputs[position]].types[0]
      let shape = input.layout?.shape ?? Shape()
      guard shape == type.shape else {
        throw ShapeError("compile: input \(position) is \(type), its layout has shape \(shape)")
      }
    }
    for donation in donations {
      guard let donation else { continue }
      guard inputs.indices.contains(donation), inputs[donation] != .number else {
        throw ShapeError("compile: no memory of input \(donation) to take over")
      }
    }
    if options.isVerifying { try graph.verify() }
  }

  private func verify(
    _ graph: Graph, after pass: any Pass, before: Graph
  ) throws(ShapeError) {
    do throws(ShapeError) {
      try graph.verify()
    } catch {
      throw ShapeError("compile: after \(pass.name): \(error.message)")
    }
    let types = graph.outputs.map(graph.type(of:))
    guard types == before.outputs.map(before.type(of:)), graph.inputs.count == before.inputs.count
    else {
      throw ShapeError("compile: after \(pass.name): results or inputs have other types: \(types)")
    }
  }
}

extension CompilerOptions {
  /// Whether a pass runs.
  fileprivate func includes(_ pass: any Pass) -> Bool {
    !disabledPasses.contains(pass.name) && (mode == .fast || pass.keepsBits)
  }
}

extension Duration {
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension CompilationReport {
  fileprivate mutating func add(_ plan: Plan) {
    kernelCountAfter = plan.operations.count
    kernels = plan.kernelRecords
    arenaBytes = plan.arenaByteCount
    passingBytes = plan.passing.reduce(0, +)
    outputBytes = plan.outputs.reduce(0) { sum, output in
      if case .fresh(let byteCount, _, _) = output { sum + byteCount } else { sum }
    }
    temporaryBytesMax =
      plan.operations.map { operation in
        let program = operation.program
        return program.workspaceBytes
          + (operation.temporaries.isEmpty ? program.temporaryBytes : 0)
      }.max() ?? 0
  }
}

extension Graph {
  /// How many of the nodes compute something: operators that are not views of dense arrays.
  var kernelCount: Int {
    nodes.count { node in
      guard case .operation(let op) = node.kind else { return false }
      guard node.inputs.count == 1 else { return true }
      return op.view(of: Layout(type(of: node.inputs[0]).shape)) == nil
    }
  }
}
