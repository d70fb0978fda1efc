import TandemShapes

/// A primitive that can do with less memory for itself.
public protocol SparingPrimitive: Primitive {
  /// The same primitive, which takes no more than about `workspaceMax` bytes from the pool at one
  /// time where that can be. Every bit stays; it may take longer.
  func sparing(workspaceMax: Int) -> Self
}

extension MatrixProduct: SparingPrimitive {
  public func sparing(workspaceMax: Int) -> MatrixProduct {
    var copy = self
    copy.workspaceMax = workspaceMax
    return copy
  }
}

extension ConvolutionWeightGradient: SparingPrimitive {
  public func sparing(workspaceMax: Int) -> ConvolutionWeightGradient {
    var copy = self
    copy.workspaceMax = workspaceMax
    return copy
  }
}

extension Finished: SparingPrimitive {
  /// The producer spares, if it can.
  public func sparing(workspaceMax: Int) -> Finished {
    let less = (producer as? any SparingPrimitive)?.sparing(workspaceMax: workspaceMax)
    return Finished(
      less as? Producer ?? producer, program, result: result, dtype: dtype,
      producerOperandCount: producerOperandCount)
  }
}
