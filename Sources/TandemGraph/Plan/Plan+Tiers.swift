import TandemKernels

extension Plan {
  /// Lets plans that come back get machine code of their own. See `NativeKernels`.
  func enableNativeKernels() {
    for operation in operations {
      for program in operation.program.loopPrograms { program.kernel.native.enable() }
    }
  }

  /// The loop programs with the names of the operators that they stand for; those in branches and
  /// loops have the names of these.
  var kernelRecords: [CompilationReport.KernelRecord] {
    operations.flatMap { operation in
      (operation.program.loopPrograms + operation.program.bodyPrograms).map {
        CompilationReport.KernelRecord(name: "\(operation.program.name)", program: $0)
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
