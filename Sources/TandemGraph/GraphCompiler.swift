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
    let context = PassContext(options: options, inputs: inputs)
    var report = CompilationReport()
    report.nodeCountBefore = graph.nodes.count
    report.kernelCountBefore = graph.kernelCount
    var current = graph
    GraphDump.passes.write("traced", current)
    for pass in pipeline where options.includes(pass) {
      let start = ContinuousClock.now
      let result = try pass.run(current, context)
      let before = current
      current = result.graph
      report.passes.append(
        CompilationReport.PassRecord(
          name: pass.name, nodeCount: current.nodes.count, changeCount: result.changeCount,
          seconds: (ContinuousClock.now - start).seconds))
      if options.isVerifying { try verify(current, after: pass, before: before) }
      if result.changeCount > 0 { GraphDump.passes.write(pass.name, current) }
    }
    let start = ContinuousClock.now
    var planner = Planner(current, context, donations)
    let plan = try planner.plan()
    GraphDump.kernels.write(plan)
    plan.enableNativeKernels()
    report.passes.append(
      CompilationReport.PassRecord(
        name: "plan memory", nodeCount: current.nodes.count, changeCount: plan.buffers.count,
        seconds: (ContinuousClock.now - start).seconds))
    report.nodeCountAfter = current.nodes.count
    report.refusedDonations = planner.refusedDonations
    report.recomputedCount =
      report.passes.first { $0.name == Recompute().name }?.changeCount ?? 0
    report.add(plan)
    return Compilation(plan: plan, graph: current, report: report)
  }

  private func check(
    _ graph: Graph, _ inputs: [InputForm], _ donations: [Int?]
  ) throws(ShapeError) {
    guard inputs.count == graph.inputs.count, donations.count == graph.outputs.count else {
      throw ShapeError(
        "compile: \(graph.inputs.count) inputs and \(graph.outputs.count) results, but "
          + "\(inputs.count) layouts and \(donations.count) donations")
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
    outputBytes = plan.outputs.reduce(0) { sum, output in
      if case .fresh(let byteCount, _, _) = output { sum + byteCount } else { sum }
    }
    temporaryBytesMax = plan.operations.map(\.program.temporaryBytes).max() ?? 0
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
