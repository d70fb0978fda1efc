/// An elementwise operator that knows complex numbers, too.
public protocol ComplexElementwiseOp: ElementwiseOp {
  /// The element of the output, from complex elements whose parts have been converted to the parts
  /// of the compute dtype; of a real output the real part.
  func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue
}

extension ComplexElementwiseOp {
  public static var acceptsComplex: Bool { true }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let dtype = Self.computeDType(of: inputs)
    guard dtype.kind == .complex else { return lowerReal(inputs, to: &lowering) }
    let operands = inputs.indices.map { lowering.input($0) }
    lowering.mapComplex(lowering.output(0), operands) { elements in
      element(elements.map { $0.cast(to: dtype.part) })
    }
  }
}
