import TandemKernels

extension Plan {
  /// Lets plans that come back get machine code of their own. See `NativeKernels`.
  func enableNativeKernels() {
    for operation in operations {
      for program in operation.program.loopPrograms { program.kernel.native.enable() }
    }
  }

  /// The loop programs with the names of the operators that they stand for.
  var kernelRecords: [CompilationReport.KernelRecord] {
    operations.flatMap { operation in
      operation.program.loopPrograms.map {
        CompilationReport.KernelRecord(name: "\(operation.program.name)", program: $0)
      }
    }
  }
}

extension KernelProgram {
  /// The loop programs among the steps, those of rows included.
  var loopPrograms: [LoopProgram] {
    steps.flatMap { step -> [LoopProgram] in
      switch step.primitive {
      case let loop as LoopPrimitive: [loop.program]
      case let rows as RowBlocks: rows.stages.map(\.program)
      default: []
      }
    }
  }
}
