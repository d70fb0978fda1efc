private import Glibc
import TandemGraph

/// How a region is compiled and what is checked at its calls.
public struct CompileOptions: Sendable {
  /// What the compiler is told: bits, memory limit, passes.
  public var compiler: CompilerOptions
  /// Whether the closure is traced again at each call, to find Swift values that have changed and
  /// that the program holds as constants, and captured arrays that were replaced.
  public var isChecking: Bool
  /// Whether each call is also computed operator by operator, and the bits compared; not calls that
  /// a tape records, and not where ``compiler`` is in fast mode, which promises no bits.
  public var isShadowing: Bool
  /// What graphs go through, if not the standard pipeline: for tests of checkers.
  package var pipeline: [any Pass]?

  /// Options; unless given, what `TANDEM_COMPILE_CHECK` and `TANDEM_COMPILE_SHADOW` say: `1` is
  /// on.
  public init(
    compiler: CompilerOptions = CompilerOptions(), checking: Bool? = nil, shadowing: Bool? = nil
  ) {
    self.compiler = compiler
    isChecking = checking ?? CompileOptions.isSet("TANDEM_COMPILE_CHECK")
    isShadowing = shadowing ?? CompileOptions.isSet("TANDEM_COMPILE_SHADOW")
  }

  /// Exact bits; checked only if the environment says so.
  public static var standard: CompileOptions { CompileOptions() }

  /// Rewrites may differ from the operators within their stated error.
  public static var fast: CompileOptions {
    CompileOptions(compiler: CompilerOptions(mode: .fast))
  }

  /// Values are computed again instead of kept, so that a call takes no more than so many bytes
  /// beside its arguments, parameters and cells, if that can be: at the least what its largest
  /// kernel needs.
  ///
  /// - Parameter byteCount: zero or more.
  public static func withMemoryLimit(
    _ byteCount: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> CompileOptions {
    if byteCount < 0 {
      fail("compile: negative memory limit: \(byteCount) bytes", at: CallSite(file, line))
    }
    return CompileOptions(compiler: CompilerOptions(memoryLimitBytes: byteCount))
  }

  /// Each call traces the closure again and names a Swift value that has changed.
  public static var checking: CompileOptions { CompileOptions(checking: true) }

  /// Each call is also computed operator by operator, and the bits are compared; see
  /// ``isShadowing`` for what is left out.
  public static var shadowing: CompileOptions { CompileOptions(shadowing: true) }

  /// The compiler that these options ask for.
  var graphCompiler: GraphCompiler {
    pipeline.map { GraphCompiler(options: compiler, pipeline: $0) }
      ?? GraphCompiler(options: compiler)
  }

  private static func isSet(_ variable: String) -> Bool {
    getenv(variable).map { String(cString: $0) == "1" } ?? false
  }
}
