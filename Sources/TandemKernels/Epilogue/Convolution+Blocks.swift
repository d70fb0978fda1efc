import CTandem
import TandemShapes
import TandemThreads

extension ConvolutionForward: BlockwisePrimitive {
  /// Blocks of channels × pixels of one image.
  public func blockShape(_ operands: [Operand]) -> Shape? {
    let (y, x) = (operands[0], operands[1])
    guard y.dtype == x.dtype else { return nil }
    return pictures(y)
  }

  public func run(_ operands: [Operand], finish: BlockFinish, in context: ParallelContext)
    throws(KernelFailure)
  {
    run(
      operands, level: tandem_gemm_level(), library: .current, finish: finish,
      in: context)
  }
}

extension ConvolutionInputGradient: BlockwisePrimitive {
  /// As the forward convolution, where positions are gathered and lie one after another.
  public func blockShape(_ operands: [Operand]) -> Shape? {
    let (dx, dy, w) = (operands[0], operands[1], operands[2])
    guard dx.dtype == dy.dtype, geometry.stride.array.allSatisfy({ $0 == 1 }),
      let shape = pictures(dx),
      PatchScatter(
        geometry, dx: ImageView(dx), dy: ImageView(dy), weight: WeightView(w),
        level: tandem_gemm_level()) == nil
    else { return nil }
    return shape
  }

  public func run(_ operands: [Operand], finish: BlockFinish, in context: ParallelContext)
    throws(KernelFailure)
  {
    run(
      operands, level: tandem_gemm_level(), library: .current, finish: finish,
      in: context)
  }
}

/// Images, channels and pixels of pictures in the type of the arithmetic.
private func pictures(_ operand: Operand) -> Shape? {
  let shape = operand.shape
  guard operand.dtype == .float32 || operand.dtype == .float64, operand.layout.isRowMajor,
    shape.elementCount > 0
  else { return nil }
  return [shape[0], shape[1], shape.elementCount / (shape[0] * shape[1])]
}
