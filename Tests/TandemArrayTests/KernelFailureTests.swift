import TandemArray
import TandemOps
import TandemShapes
import Testing

/// What only the data shows surfaces at the read, in words, with the line that queued it.
@Suite struct KernelFailureTests {
  /// The text of the error that waiting for an array throws.
  private func failure(_ array: NDArray) -> String {
    do {
      try array.wait()
      return "nothing went wrong"
    } catch {
      return "\(error)"
    }
  }

  /// Queues work and gives what it fails with, and where this stands.
  private func expect(
    _ array: NDArray, _ words: String, line: UInt, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      failure(array) == "\(words), queued at KernelFailureTests.swift:\(line)",
      sourceLocation: sourceLocation)
  }

  @Test func labels() {
    let logits = NDArray.zeros([5, 10])
    let labels = NDArray([1, 2, 3, 12, -1], dtype: .int64)
    expect(
      softmaxCrossEntropy(logits, labels),
      "softmaxCrossEntropy: label 12 at [3] is not one of 10 classes: float32[5, 10], int64[5]",
      line: #line - 2)
  }

  @Test func negativeLabels() {
    let logits = NDArray.zeros([2, 2, 10])
    let labels = NDArray([[1, 2], [-1, 3]], dtype: .int32)
    expect(
      softmaxCrossEntropy(logits, labels),
      "softmaxCrossEntropy: label -1 at [1, 0] is not one of 10 classes: "
        + "float32[2, 2, 10], int32[2, 2]", line: #line - 2)
  }

  @Test func matrices() {
    expect(
      Linalg.cholesky(NDArray([[1, 2], [2, 1]])),
      "cholesky: leading minor 2 is not positive: float32[2, 2]", line: #line - 1)
    expect(
      Linalg.inverse(NDArray([[1, 2], [2, 4]])),
      "inverse: the matrix is singular: pivot 2 is zero: float32[2, 2]", line: #line - 1)
    expect(
      Linalg.solve(NDArray([[1, 2], [2, 4]]), NDArray([1, 2])),
      "solve: the matrix is singular: pivot 2 is zero: float32[2, 2], float32[2, 1]",
      line: #line - 2)
  }

  @Test func indices() {
    let x = NDArray.zeros([10, 3])
    expect(
      x.take(NDArray([1, 12], dtype: .int64), axis: 0),
      "take: index 12 is out of range for axis 0 of length 10: float32[10, 3], int64[2]",
      line: #line - 2)
    expect(
      x.scatter(NDArray([1, 2, 3]), at: [NDArray([-11], dtype: .int64)], by: .add),
      "scatter: index -11 is out of range for axis 0 of length 10: "
        + "float32[10, 3], float32[1, 3], int64[1]", line: #line - 2)
  }
}
