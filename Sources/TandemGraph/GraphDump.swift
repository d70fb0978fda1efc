import Glibc
import TandemKernels

/// What `TANDEM_DUMP` asks for on standard error: `passes` prints the graph after each pass that
/// changed it, `kernels` the kernel programs of each plan, `memory` what lies in the arena when
/// most of it is in use; several may be given, with commas between. (`native` prints machine code
/// as it is made: `NativeDump` in TandemKernels.)
enum GraphDump: String {
  case passes, kernels, memory

  private static let wanted: Set<String> = {
    guard let setting = getenv("TANDEM_DUMP") else { return [] }
    return Set(String(cString: setting).split(separator: ",").map(String.init))
  }()

  private var isOn: Bool { Self.wanted.contains(rawValue) }

  func write(_ title: String, _ graph: Graph) {
    if isOn { print("-- \(title)\n\(graph)") }
  }

  func write(_ plan: Plan) {
    guard isOn else { return }
    print("-- plan\n\(plan)")
    for operation in plan.operations {
      for program in operation.program.loopPrograms {
        print("-- \(operation.program.name)\n\(program)")
      }
    }
  }

  /// What a plan keeps in its arena during the step that has most there.
  func write(_ memory: MemoryPlan, _ planner: Planner) {
    if isOn { print("-- memory\n\(memory.fullestStep(planner))") }
  }

  private func print(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
