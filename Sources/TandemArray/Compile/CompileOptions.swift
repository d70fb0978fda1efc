import Glibc
import TandemGraph

/// How a region is compiled and what is checked at its calls.
public struct CompileOptions: Sendable {
  /// What the compiler is told: bits, memory limit, passes.
  public var compiler: CompilerOptions
  /// Whether the closure is traced again at each call, to find Swift values that have changed and
  /// that the program holds as constants.
  public var isChecking: Bool
  /// Whether each call is also computed operator by operator, and the bits compared.
  public var isShadowing: Bool

  /// Options; unless given, what `TANDEM_COMPILE_CHECK` and `TANDEM_COMPILE_SHADOW` say: `1` is
  /// on.
  public init(
    compiler: CompilerOptions = CompilerOptions(), checking: Bool? = nil, shadowing: Bool? = nil
  ) {
    self.compiler = compiler
    isChecking = checking ?? CompileOptions.isSet("TANDEM_COMPILE_CHECK")
    isShadowing = shadowing ?? CompileOptions.isSet("TANDEM_COMPILE_SHADOW")
  }

  private static func isSet(_ variable: String) -> Bool {
    getenv(variable).map { String(cString: $0) == "1" } ?? false
  }
}
