/// The limits of this target, each with its reason.
enum Limits {
  /// Elements up to which an operation is cheaper to run than to hand to another thread.
  static let tinyElementsMax = 2048
  /// Floating-point operations up to which the same holds: some microseconds.
  static let tinyOperationsMax = 100_000
  /// Kernel programs kept in all; a program is a few hundred bytes.
  static let programsMax = 65_536
  /// Programs of loops and branches kept in all, and as many gradient rules of them: each holds the
  /// plans of its bodies, some ten kilobytes.
  static let loopProgramsMax = 1024
  /// Gradient rules kept in all.
  static let gradientRulesMax = 16_384
  /// Elements of an axis that `print` shows before it abbreviates, half at each end.
  static let printedEdgeItems = 3
  /// Elements above which `print` abbreviates, as NumPy does.
  static let printedElementsMax = 1000
  /// How often one call traces its closure while other threads change what the trace depends on.
  static let tracesOfCallMax = 8
  /// Programs that one compiled region keeps.
  static let programsOfRegionMax = 64
  /// Reasons for traces that a compiled region remembers.
  static let traceReasonsMax = 32
}
