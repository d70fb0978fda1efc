extension BoundGraph: CustomStringConvertible {
  /// The graph as formulas, one node a line:
  ///
  ///     graph(x: float32[batch, 2], w: float32[2])
  ///       %2 = x * w: float32[batch, 2]
  ///       %3 = sum[axes: [1], keepDims: false](%2): float32[batch]
  ///       output = %3
  public var description: String { named.description }
}
