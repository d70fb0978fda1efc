/// Sets elements to zero at random in training, and divides the others by the probability with
/// which they stay; else does nothing.
///
/// - Input: any shape. Output: the same.
/// - Reference: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, *Dropout: A Simple Way
///   to Prevent Neural Networks from Overfitting*, JMLR 2014.
public struct Dropout: ReportingLayer {
  /// The probability with which an element becomes zero.
  public let probability: Double

  /// - Parameter probability: with which an element becomes zero; from 0 to below 1.
  public init(_ probability: Double, file: StaticString = #fileID, line: UInt = #line) {
    guard (0..<1).contains(probability) else {
      fail("Dropout: probability must be in 0..<1, got \(probability)", at: CallSite(file, line))
    }
    self.probability = probability
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    isTraining && probability > 0 ? x.dropout(probability: probability) : x
  }
}
