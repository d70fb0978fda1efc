/// How a graph is compiled: part of the key under which a front end caches plans.
public struct CompilerOptions: Hashable, Sendable {
  /// What a compiled graph promises about bits.
  public enum Mode: Hashable, Sendable {
    /// The bits that its operators give one by one.
    case exact
    /// The same bits for every run and number of threads; rewrites may differ from the operators
    /// within their stated error.
    case fast
  }

  /// What is promised about bits.
  public var mode: Mode
  /// Recompute values instead of keeping them where the plan would take more bytes than this,
  /// inputs not counted; `nil` is no limit.
  public var memoryLimitBytes: Int?
  /// Names of passes (``Pass/name``) that are left out.
  public var disabledPasses: Set<String>
  /// Whether the graph is checked after every pass.
  public var isVerifying: Bool

  /// Options; the defaults are exact, without limit, all passes, unchecked.
  public init(
    mode: Mode = .exact, memoryLimitBytes: Int? = nil, disabledPasses: Set<String> = [],
    isVerifying: Bool = false
  ) {
    (self.mode, self.memoryLimitBytes) = (mode, memoryLimitBytes)
    (self.disabledPasses, self.isVerifying) = (disabledPasses, isVerifying)
  }
}
