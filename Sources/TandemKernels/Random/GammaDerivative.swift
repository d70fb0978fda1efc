import CTandem
import TandemShapes
import TandemThreads

/// How numbers from the standard gamma distribution move with its shape while their rank stays.
///
/// | operand | shape                      | dtype     |
/// | ------- | -------------------------- | --------- |
/// | out     | any, row-major             | `float64` |
/// | shapes  | the same, row-major        | `float64` |
/// | samples | the same, row-major        | `float64` |
///
/// NaN where a shape is not positive. Accurate to 1e-10 of the result.
///
/// - Complexity: O(elements), with about 1 µs for each.
/// - Reference: Figurnov, Mohamed and Mnih, *Implicit Reparameterization Gradients*, 2018,
///   arXiv:1805.08498.
public struct GammaDerivative: Primitive {
  /// Whether samples are logarithms; then the logarithm's derivative comes out.
  public let isLogarithm: Bool

  /// The primitive with these attributes.
  public init(isLogarithm: Bool) { self.isLogarithm = isLogarithm }

  /// Computes the outputs; see the table of operands.
  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let places = operands.map { $0.start.assumingMemoryBound(to: Double.self) }
    forEachChunk(of: operands[0].shape.elementCount, size: 1 << 7, in: context) { _, range in
      tandem_gamma_derivative_run(
        places[1], places[2], isLogarithm ? 1 : 0, places[0], Int64(range.lowerBound),
        Int64(range.upperBound))
    }
  }
}
