@_exported import TandemOps

/// What an input of a graph is at a call.
public enum InputForm: Hashable, Sendable {
  /// An array in memory. The offset of the layout is where its first element lies, in elements.
  case array(Layout)
  /// A zero-dimensional number that the caller knows when it pushes: a learning rate, the seed,
  /// stream and tick of a random operator. It reaches kernels as a scalar; see
  /// ``Plan/Scalar/input(_:)``.
  case number

  /// The layout of an array.
  var layout: Layout? {
    if case .array(let layout) = self { layout } else { nil }
  }
}
