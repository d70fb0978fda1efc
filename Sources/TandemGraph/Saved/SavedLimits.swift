/// What a saved graph may hold at most. A file is outside data: nothing is computed with numbers
/// that could overflow, and nothing is allocated by a number of the file alone.
public enum SavedLimits {
  /// Bytes of the text: some 60,000 nodes. What is read takes at most some twenty times that.
  public static let textByteCountMax = 16 << 20
  /// The length of an axis.
  static let axisLengthMax = Int(Int32.max)
  /// Elements of an array.
  static let elementCountMax = 1 << 40
  /// Inputs of a node, and inputs and results of a graph.
  static let valueCountMax = 1 << 16
  /// Bytes of a node's path, which is kept as long as the process.
  static let pathByteCountMax = 256
  /// Names of dynamic axes of a graph.
  static let axisCountMax = 4

  /// Throws unless an array of this type may be.
  static func check(_ type: TensorType) throws(ShapeError) {
    var count = 1
    for length in type.shape.array {
      guard length <= axisLengthMax else { throw ShapeError("axis too long: \(type)") }
      let (product, overflows) = count.multipliedReportingOverflow(by: max(length, 1))
      guard !overflows, product <= elementCountMax else {
        throw ShapeError("too many elements: \(type)")
      }
      count = product
    }
  }
}
