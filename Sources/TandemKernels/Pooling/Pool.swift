import CTandem
import TandemShapes
import TandemThreads

/// Largest elements of windows.
///
/// | operand | shape                              |
/// | ------- | ---------------------------------- |
/// | y       | `geometry.outputShape(for: x)`     |
/// | x       | `[batch, channels, spatial...]`    |
///
/// Any floating-point dtype, any layouts. A NaN wins; padding never does. A window that sees
/// only padding (possible with dilation) gives −∞.
///
/// - Complexity: O(elements of y · window). 2 × 2 windows with stride 2 of float32 run in vectors.
public struct MaxPool: Primitive {
  /// Where the windows lie.
  public let geometry: PoolGeometry

  /// The primitive with these attributes.
  public init(_ geometry: PoolGeometry) { self.geometry = geometry }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (y, x) = (operands[0], operands[1])
    PoolPlanes(geometry, x: x, y: y, dx: nil).run(in: context) { plan, plane in
      tandem_pool_max(plan, plane.x, plane.y)
    }
  }
}

/// The gradient of ``MaxPool``: each element of dy goes to the first largest element of its window,
/// in row-major order, or to the first NaN.
///
/// | operand | shape  |
/// | ------- | ------ |
/// | dx      | x's    |
/// | dy      | y's    |
/// | x       | as for ``MaxPool`` |
///
/// The places are found again from x, which for 2 × 2 windows is faster than to store and read
/// them. Operands after x are not looked at, so y may follow. Where windows overlap, sums run in
/// row-major order of the windows (in float for 16-bit floats).
///
/// - Complexity: O(elements of y · window + elements of x).
public struct MaxPoolBackward: Primitive {
  /// Where the windows lie.
  public let geometry: PoolGeometry

  /// The primitive with these attributes.
  public init(_ geometry: PoolGeometry) { self.geometry = geometry }

  /// dx may lie where x does: a plane is read before its gradient is written.
  public func mayOverwrite(input: Int, by output: Int) -> Bool { input == 1 }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (dx, dy, x) = (operands[0], operands[1], operands[2])
    PoolPlanes(geometry, x: x, y: dy, dx: dx).run(in: context) { plan, plane in
      tandem_pool_max_backward(plan, plane.x, plane.y, plane.dx, plane.scratch)
    }
  }
}

/// Means of windows.
///
/// | operand | shape                              |
/// | ------- | ---------------------------------- |
/// | y       | `geometry.outputShape(for: x)`     |
/// | x       | `[batch, channels, spatial...]`    |
///
/// Any floating-point dtype, any layouts.
///
/// - Complexity: O(elements of y · window).
public struct AveragePool: Primitive {
  /// Where the windows lie.
  public let geometry: PoolGeometry
  /// Whether padding counts as zeros (what lies beyond the padding never counts) or not at all.
  public let countsPadding: Bool

  /// The primitive with these attributes.
  public init(_ geometry: PoolGeometry, countsPadding: Bool = true) {
    (self.geometry, self.countsPadding) = (geometry, countsPadding)
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (y, x) = (operands[0], operands[1])
    PoolPlanes(geometry, x: x, y: y, dx: nil, countsPadding).run(in: context) { plan, plane in
      tandem_pool_average(plan, plane.x, plane.y)
    }
  }
}

/// The gradient of ``AveragePool``: each element of dy is shared out over its window.
///
/// Operands are dx and dy; layouts and dtypes as for ``AveragePool``.
public struct AveragePoolBackward: Primitive {
  /// Where the windows lie.
  public let geometry: PoolGeometry
  /// As for ``AveragePool``.
  public let countsPadding: Bool

  /// The primitive with these attributes.
  public init(_ geometry: PoolGeometry, countsPadding: Bool = true) {
    (self.geometry, self.countsPadding) = (geometry, countsPadding)
  }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (dx, dy) = (operands[0], operands[1])
    PoolPlanes(geometry, x: dx, y: dy, dx: dx, countsPadding).run(in: context) { plan, plane in
      tandem_pool_average_backward(plan, plane.y, plane.dx, plane.scratch)
    }
  }
}
