/// A function as a layer: `Lambda { $0.transposed() }`.
///
/// - Input and output: what the function takes and gives. Parameters that it captures are not
///   found: a layer that has some is a type of its own.
public struct Lambda: ReportingLayer {
  private let function: @Sendable (NDArray) -> NDArray

  /// - Parameter function: what the layer computes.
  public init(_ function: @escaping @Sendable (NDArray) -> NDArray) { self.function = function }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { function(x) }
}
