/// Sets elements to zero at random in training, and divides the others by the probability with
/// which they stay; else does nothing.
///
/// - Input: any shape. Output: the same.
/// - Reference: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, *Dropout: A Simple Way
///   to Prevent Neural Networks from Overfitting*, JMLR 2014.
public struct Dropout: ReportingLayer {
  /// The probability with which an element becomes zero.
  public let probability: Double
  /// Along these axes elements share one fate.
  public let sharedAxes: [Int]

  /// - Parameters:
  ///   - probability: with which an element becomes zero; from 0 to below 1.
  ///   - sharedAxes: along these elements share one fate; may be counted from the end.
  public init(
    _ probability: Double, sharedAxes: [Int] = [], file: StaticString = #fileID, line: UInt = #line
  ) {
    requireProbability(probability, of: "Dropout", at: CallSite(file, line))
    (self.probability, self.sharedAxes) = (probability, sharedAxes)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    guard isTraining, probability > 0 else { return x }
    if sharedAxes.isEmpty { return x.dropout(probability: probability) }
    var shape = x.shape
    for axis in sharedAxes {
      guard let place = shape.normalized(axis: axis) else {
        fail("dropout: no axis \(axis): \(x.type)", at: .unknown)
      }
      shape[place] = 1
    }
    return x * factors(shape, probability, beside: x)
  }
}

/// Stops with a message if a probability is not from 0 to below 1.
func requireProbability(_ probability: Double, of layer: String, at site: CallSite) {
  guard (0..<1).contains(probability) else {
    fail("\(layer): probability must be in 0..<1, got \(probability)", at: site)
  }
}

/// Zero, or one divided by the probability with which elements stay, for each element of a shape.
func factors(_ shape: Shape, _ probability: Double, beside x: NDArray) -> NDArray {
  withDevice(x.device) { NDArray.ones(shape, dtype: x.dtype) }.dropout(probability: probability)
}
