import TandemArray
import Testing

/// Transposed convolutions and their gradients against PyTorch:
/// `Tests/Fixtures/transposed_convolution.py`.
@Suite struct TransposedConvolutionTests {
  /// The numbers that the script made, element by element.
  private func whole(_ shape: [Int], _ factor: Int, _ modulus: Int, _ shift: Int) -> NDArray {
    let count = shape.reduce(1, *)
    let values = (0..<count).map { Float($0 * factor % modulus - shift) }
    return NDArray(values).reshaped(Shape(shape))
  }

  @Test(arguments: [DType.float32, .float64, .bfloat16])
  func fixtures(_ dtype: DType) throws {
    let lines = try FixtureText.read("transposed_convolution").split(separator: "\n")
    #expect(lines.count == 7)
    for line in lines {
      let lists = line.split(separator: " ").map { $0.split(separator: ",").map { Int($0)! } }
      let x = whole(lists[5], 7, 11, 5).cast(to: dtype)
      let weight = whole(lists[6], 5, 7, 3).cast(to: dtype)
      let filters = lists[6][1] * lists[4][0]
      let bias = whole([filters], 1, filters, 1).cast(to: dtype)
      let dy = whole(lists[7], 3, 5, 2).cast(to: dtype)
      func transposed(_ inputs: [NDArray]) -> NDArray {
        inputs[0].transposedConvolution(
          inputs[1], bias: inputs[2], stride: lists[0], padding: lists[1],
          outputPadding: lists[2], dilation: lists[3], groups: lists[4][0])
      }
      let result = transposed([x, weight, bias])
      #expect(result.shape == Shape(lists[7]))
      let gradients = valueAndGradients(
        of: { (transposed($0) * dy).sum() }, at: [x, weight, bias]
      ).gradients
      for (found, wanted) in zip([result] + gradients, lists[8...]) {
        let values = found.cast(to: .float32).scalars(as: Float.self)
        // Whole numbers: exact, but for those that bfloat16 rounds.
        let isClose = zip(values, wanted).allSatisfy { value, exact in
          abs(value - Float(exact)) <= (dtype == .bfloat16 ? 0x1p-7 * abs(Float(exact)) : 0)
        }
        #expect(isClose && values.count == wanted.count, "\(dtype): \(line.prefix(60))")
      }
    }
  }

  @Test func complaints() {
    #expect(
      failureText {
        _ = NDArray.zeros([1, 2, 4]).transposedConvolution(NDArray.zeros([3, 2, 3]))
      }.hasPrefix(
        "transposedConvolution: input has 2 channels but weight wants 3: "
          + "float32[1, 2, 4], float32[3, 2, 3]"))
    #expect(
      failureText {
        _ = NDArray.zeros([1, 3, 4]).transposedConvolution(
          NDArray.zeros([3, 2, 3]), stride: [2], outputPadding: [2])
      }.hasPrefix(
        "transposedConvolution: outputPadding [2] must be less than stride [2]: "
          + "float32[1, 3, 4], float32[3, 2, 3]"))
  }
}
