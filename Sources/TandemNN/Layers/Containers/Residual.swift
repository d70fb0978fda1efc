/// The sum of two branches of the same input, `main(x) + shortcut(x)`.
///
/// - Input and output: what the branches take and give; they must give the same shape.
/// - Parameters: those of `main`, then those of `shortcut`.
/// - Reference: He, Zhang, Ren and Sun, *Deep Residual Learning for Image Recognition*,
///   arXiv:1512.03385.
public struct Residual: ReportingLayer {
  /// The branch that computes.
  public let main: Sequential
  /// The branch that mostly hands the input on; the input itself if it has no layers.
  public let shortcut: Sequential

  /// - Parameters:
  ///   - main: the branch that computes.
  ///   - shortcut: the other branch; the input itself if it is left out.
  public init(
    @LayerBuilder _ main: () -> [any Layer], @LayerBuilder shortcut: () -> [any Layer] = { [] }
  ) {
    (self.main, self.shortcut) = (Sequential(main()), Sequential(shortcut()))
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    main(x) + (shortcut.layers.isEmpty ? x : shortcut(x))
  }
}
