import CTandem
import TandemEngine
import TandemGraph
import TandemThreads

/// What results and their speed depend on besides the program: the processor's level, threads,
/// devices and libraries. Its text is what a report of a problem should begin with.
public struct Configuration: Hashable, Sendable, CustomStringConvertible {
  /// One line of the text.
  public struct Item: Hashable, Sendable {
    /// What is told: `threads`.
    public let name: String
    /// What it is here: `4`.
    public let value: String
  }

  /// The lines, in a fixed order.
  public let items: [Item]

  /// The configuration of this process. Settles the number of threads and starts the engine.
  public static var current: Configuration {
    let levels = ["baseline", "avx2", "avx512", "avx512bf16"]
    let loops = Int(tandem_level())
    let products = Int(tandem_gemm_level())
    let memory = MemoryQuota.memory >> 20
    return Configuration(items: [
      Item(name: "loop kernels", value: levels[loops]),
      Item(name: "matrix products", value: levels[products]),
      Item(name: "OpenBLAS, LAPACKE", value: blas),
      Item(name: "oneDNN", value: ConvolutionLibrary.summary),
      Item(name: "native kernels", value: NativeTier.summary),
      Item(name: "threads", value: "\(ThreadBudget.count)"),
      Item(name: "devices", value: (0..<Device.count).map { "cpu(\($0))" }.joined(separator: ", ")),
      Item(name: "engine", value: Engine.shared.kind),
      Item(name: "memory", value: "\(memory) MB"),
      Item(name: "built", value: isOptimized ? "with optimisation" : "without optimisation"),
    ])
  }

  private static var blas: String {
    guard let blas = tandem_blas() else { return "not found" }
    return blas.pointee.core?().map { "found, kernels of " + String(cString: $0) } ?? "found"
  }

  private static var isOptimized: Bool {
    var result = true
    // Evaluated without optimisation alone.
    assert(
      {
        result = false
        return true
      }())
    return result
  }

  /// One line for each item.
  public var description: String {
    let width = items.map(\.name.count).max() ?? 0
    return items.map { item in
      item.name + String(repeating: " ", count: width - item.name.count + 2) + item.value
    }.joined(separator: "\n")
  }
}
