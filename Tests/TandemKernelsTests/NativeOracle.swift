import CTandem
import Glibc
import TandemShapes
import TandemThreads
import Testing

@testable import TandemKernels

/// Runs programs by native kernels and by the interpreter, which is the oracle.
enum NativeOracle {
  static let isHere: Bool = {
    // What other suites of a deep run keep is not to stand in the way.
    NativeCompiler.kernelCountMax.store(1 << 20, ordering: .relaxed)
    return !NativeCompiler.isOff && NativeLibrary.shared.isUsable
  }()
  static let dtypes: [DType] = [
    .bool, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float16, .bfloat16,
    .float32, .float64,
  ]
  static var table: UnsafePointer<TandemLoopTable> {
    tandem_loop_table(LoopKernel.Level.current.rawValue)!
  }

  /// Levels to test: all that this machine has in the deep tests, else the highest.
  static var levels: [LoopKernel.Level] {
    isDeep ? LoopKernel.Level.allCases.filter(\.isAvailable) : [.current]
  }

  static let isDeep = getenv("TANDEM_DEEP") != nil

  /// A kernel of which every plan that follows finds native code.
  ///
  /// - Parameter run: runs it once; called until the plans have asked for their kernels.
  static func compiled(_ kernel: LoopKernel, _ run: () -> Void) -> LoopKernel {
    kernel.native.enable()
    for _ in 0..<3 { run() }
    NativeCompiler.shared.waitUntilIdle()
    return kernel
  }

  /// Runs the program on dense operands both ways and records differences.
  static func compare(
    _ program: LoopProgram, _ inputs: [(LoopBuffer, [Int])], shape: [Int],
    reducing axes: [Int] = [],
    _ name: String
  ) throws {
    for level in levels {
      let interpreter = LoopKernel(program.contents, level: level)
      let native = LoopKernel(program.contents, level: level)
      let results = [interpreter, native].map { kernel in
        let outputs = program.contents.outputs.map {
          LoopBuffer($0.dtype, count: shape.reduce(1, *))
        }
        var reduced = Shape(shape)
        for axis in axes { reduced[axis] = 1 }
        var operands = zip(outputs, program.contents.outputs).map { buffer, output in
          Operand(
            buffer.base, Layout(output.reduction == nil ? Shape(shape) : reduced), output.dtype)
        }
        operands += zip(inputs, program.contents.inputs).map { input, dtype in
          Operand(input.0.base, Layout(Shape(input.1)), dtype)
        }
        func run() {
          kernel.run(
            operands, scalars: [], reducedAxes: axes.reduce(0) { $0 | 1 << UInt32($1) },
            in: .serial)
        }
        if kernel === native { _ = compiled(kernel, run) }
        run()
        return outputs
      }
      check(native, name)
      for (index, output) in program.contents.outputs.enumerated() {
        let (want, got) = (results[0][index].allBits, results[1][index].allBits)
        let wrong = want.indices.first { !sameElement(want[$0], got[$0], output.dtype) }
        if let wrong {
          let given = inputs.map { String($0.0[wrong % max(1, $0.1.reduce(1, *))], radix: 16) }
          Issue.record(
            """
            \(name) \(level) output \(index) at \(wrong) of \(given): \
            \(String(got[wrong], radix: 16)), not \(String(want[wrong], radix: 16))
            """)
        }
      }
    }
  }

  /// Every kernel that was asked for is there.
  static func check(_ kernel: LoopKernel, _ name: String) {
    if kernel.native.refusal != nil { return }
    for (form, outcome) in kernel.native.outcomes {
      guard case .ready = outcome else {
        Issue.record("\(name): \(form): \(outcome)")
        continue
      }
    }
    #expect(!kernel.native.outcomes.isEmpty, "\(name): no kernel was asked for")
  }
}
