import Foundation
import TandemArray
import TandemOps
import Testing

@testable import TandemNN

/// The share of right predictions, and that counting does not wait.
@Suite struct AccuracyTests {
  @Test func counts() {
    var accuracy = Accuracy()
    #expect(accuracy.value.isNaN)
    accuracy.update(
      NDArray([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]), NDArray([1, 1, 1], dtype: .int64))
    #expect(accuracy.value == 2.0 / 3)
    accuracy.update(
      NDArray([[5, 1]], dtype: .bfloat16), NDArray([0], dtype: .uint8))
    #expect(accuracy.value == 3.0 / 4)
    accuracy.update(.zeros([0, 2]), NDArray.zeros([0], dtype: .int32))
    #expect(accuracy.value == 3.0 / 4)
    var copy = accuracy
    copy.update(NDArray([[1, 0]]), NDArray([1], dtype: .int64))
    #expect(copy.value == 3.0 / 5)
    #expect(accuracy.value == 3.0 / 4)
    accuracy.reset()
    #expect(accuracy.value.isNaN)
  }

  @Test("equal scores: the first class wins, as in NumPy")
  func ties() {
    var accuracy = Accuracy()
    accuracy.update(NDArray([[1, 1], [1, 1]]), NDArray([0, 1], dtype: .int64))
    #expect(accuracy.value == 0.5)
  }

  @Test("update inside record leaves nothing on the tape")
  func recording() {
    let dense = Dense(2, inputs: 2)
    var accuracy = Accuracy()
    let loss = record {
      let scores = dense(NDArray([[1, 2]]))
      accuracy.update(scores, NDArray([0], dtype: .int64))
      return scores.sum()
    }
    loss.backward()
    #expect(dense.weight.gradient?.scalars(as: Int.self) == [1, 2, 1, 2])
  }

  @Test("update does not read: scores that failed are only found by value")
  func doesNotWait() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var accuracy = Accuracy()
      accuracy.update(
        Linalg.cholesky(NDArray([[1, 2], [2, 1]])), NDArray([0, 1], dtype: .int64))
      FileHandle.standardError.write(Data("updated\n".utf8))
      _ = accuracy.value
    }
    let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(errors.contains("updated"))
    #expect(errors.contains("cholesky: leading minor 2 is not positive: float32[2, 2]"))
  }

  @Test func messages() async throws {
    let shapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var accuracy = Accuracy()
      accuracy.update(.zeros([2, 3]), NDArray.zeros([3], dtype: .int64))
    }
    let dtypes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var accuracy = Accuracy()
      accuracy.update(.zeros([2, 3]), .zeros([2]))
    }
    for (result, text) in [
      (shapes, "accuracy: needs [batch, classes] and [batch]: float32[2, 3], int64[3]"),
      (dtypes, "accuracy: labels need integers: float32[2, 3], float32[2]"),
    ] {
      let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      #expect(errors.contains(text + " (AccuracyTests.swift:"), "\(errors)")
    }
  }
}
