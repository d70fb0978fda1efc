import TandemKernels

extension Plan {
  /// Lets plans that come back get machine code of their own. See `NativeKernels`.
  func enableNativeKernels() {
    for operation in operations {
      for program in operation.program.loopPrograms { program.kernel.native.enable() }
      for step in operation.program.steps {
        if let rows = step.primitive as? RowBlocks { NativeRowKernels.enable(rows) }
      }
    }
  }

  /// The loop programs with the names of the operators that they stand for; those in branches and
  /// loops have the names of these.
  var kernelRecords: [CompilationReport.KernelRecord] {
    operations.flatMap { operation in
      let name = "\(operation.program.name)"
      let stages = operation.program.steps.flatMap { step -> [(LoopProgram, RowBlocks?)] in
        switch step.primitive {
        case let loop as LoopPrimitive: [(loop.program, nil)]
        case let rows as RowBlocks: rows.stages.map { ($0.program, rows) }
        case let finished as any FinishedPrimitive: [(finished.program, nil)]
        default: []
        }
      }
      return (stages + operation.program.bodyPrograms.map { ($0, nil) }).map {
        CompilationReport.KernelRecord(name: name, program: $0, rows: $1)
      }
    }
  }
}

extension KernelProgram {
  /// The loop programs of the graphs that branches and loops run; each has been compiled, enabled
  /// and dumped as a graph of its own.
  fileprivate var bodyPrograms: [LoopProgram] {
    steps.flatMap { step in
      (step.primitive as? any BodyPrimitive)?.bodies.flatMap(\.loopPrograms) ?? []
    }
  }

  /// The loop programs among the steps, those of rows and those behind products included.
  var loopPrograms: [LoopProgram] {
    steps.flatMap { step -> [LoopProgram] in
      switch step.primitive {
      case let loop as LoopPrimitive: [loop.program]
      case let rows as RowBlocks: rows.stages.map(\.program)
      case let finished as any FinishedPrimitive: [finished.program]
      default: []
      }
    }
  }
}
