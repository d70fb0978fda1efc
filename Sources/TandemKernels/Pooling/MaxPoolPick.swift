import CTandem
import TandemShapes
import TandemThreads

/// What an array holds where another has the first largest element (or the first NaN) of each
/// window: the transpose of ``MaxPoolBackward``.
///
/// | operand | shape              |
/// | ------- | ------------------ |
/// | y       | y's of ``MaxPool`` |
/// | c       | x's                |
/// | x       | as for ``MaxPool`` |
///
/// All have one dtype. A window that sees only padding gives zero.
///
/// - Complexity: O(elements of y · window).
public struct MaxPoolPick: Primitive {
  /// Where the windows lie.
  public let geometry: PoolGeometry

  public init(_ geometry: PoolGeometry) { self.geometry = geometry }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let (y, c, x) = (operands[0], operands[1], operands[2])
    PoolPlanes(geometry, x: x, y: y, dx: c).run(in: context) { plan, plane in
      if let c = plane.dx { tandem_pool_max_pick(plan, plane.x, c, plane.y) }
    }
  }
}
