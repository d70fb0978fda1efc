import TandemArray
import TandemOps
import Testing

@testable import TandemNN

/// What users read when they give a layer wrong arguments or inputs.
@Suite struct LayerMessageTests {
  /// Whether the process ended with this line.
  private func expect(
    _ result: ExitTest.Result?, _ line: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(
      errors.contains("\(line) (LayerMessageTests.swift:"), "\(errors)",
      sourceLocation: sourceLocation)
  }

  @Test func dense() async throws {
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Dense(0)
      }, "Dense: outputs must be positive, got 0")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Dense(2, inputs: 0)
      }, "Dense: inputs must be positive, got 0")
  }

  @Test func conv2D() async throws {
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Conv2D(channels: 4, kernel: 3, stride: 0)
      }, "Conv2D: stride must be positive, got 0")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Conv2D(channels: 4, kernel: 3, padding: -1)
      }, "Conv2D: padding must not be negative, got -1")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Conv2D(channels: 4, kernel: 3, groups: 3)
      }, "Conv2D: channels must be a multiple of groups: 4, 3")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = Conv2D(channels: 4, kernel: 3, inputs: 3, groups: 2)
      }, "Conv2D: inputs must be a multiple of groups: 3, 2")
  }

  @Test func maxPool2D() async throws {
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MaxPool2D(0)
      }, "MaxPool2D: window must be positive, got 0")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MaxPool2D(2, stride: -2)
      }, "MaxPool2D: stride must be positive, got -2")
    try expect(
      await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        _ = MaxPool2D(2, padding: -1)
      }, "MaxPool2D: padding must not be negative, got -1")
  }
}
