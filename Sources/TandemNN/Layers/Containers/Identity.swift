/// What goes in comes out: for places where a layer may be left out.
public struct Identity: ReportingLayer {
  /// The layer; it has no options.
  public init() {}

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x }
}
