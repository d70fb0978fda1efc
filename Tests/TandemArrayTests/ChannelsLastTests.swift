import TandemArray
import TandemOps
import Testing

/// Pictures whose channels lie together in memory.
@Suite struct ChannelsLastTests {
  private func channelsLast(_ array: NDArray) -> NDArray {
    array.transposed([0, 2, 3, 1]).contiguous().transposed([0, 3, 1, 2])
  }

  @Test func convolutionFollowsItsInput() throws {
    let geometry = try ConvolutionGeometry(
      stride: [2, 1], paddingBegin: [1, 1], paddingEnd: [1, 1], dilation: [1, 1])
    let (x, w): (Shape, Shape) = ([2, 16, 9, 8], [20, 16, 3, 3])
    let y = TensorType([2, 20, 5, 8], .float32)
    func layout(_ x: Layout) -> Layout {
      Convolution(geometry).outputLayout(for: y, at: 0, inputs: [x, Layout(w)])
    }
    #expect(layout(.dense(x, order: [0, 2, 3, 1])) == .dense(y.shape, order: [0, 2, 3, 1]))
    #expect(layout(Layout(x)) == Layout(y.shape))
    #expect(layout(.dense(x, order: [3, 2, 1, 0])) == Layout(y.shape))
    let gradient = ConvolutionInputGradient(geometry, input: x).outputLayout(
      for: TensorType(x, .float32), at: 0,
      inputs: [.dense(y.shape, order: [0, 2, 3, 1]), Layout(w)])
    #expect(gradient == .dense(x, order: [0, 2, 3, 1]))
    // One pixel for each channel lies both ways.
    #expect(layout(Layout([2, 16, 1, 1])) == Layout(y.shape))
  }

  @Test(arguments: [1, 2])
  func networkGivesTheSameBits(_ stride: Int) {
    let x = NDArray.random.normal([3, 16, 18, 17], seed: 1)
    let first = NDArray.random.normal([32, 16, 3, 3], seed: 2)
    let second = NDArray.random.normal([16, 32, 1, 1], seed: 3)
    let bias = NDArray.random.normal([32], seed: 4)
    func network(_ inputs: [NDArray]) -> NDArray {
      inputs[0].convolution(inputs[1], bias: inputs[3], stride: [stride], padding: [1]).relu()
        .convolution(inputs[2])
    }
    func results(_ x: NDArray) -> [[Float]] {
      let y = network([x, first, second, bias])
      let gradients = valueAndGradients(
        of: { (network($0) * NDArray.random.normal(y.shape, seed: 5)).sum() },
        at: [x, first, second, bias]
      ).gradients
      return ([y] + gradients).map { $0.scalars() }
    }
    #expect(results(x)[0] == results(channelsLast(x))[0])
    for (wanted, found) in zip(results(x), results(channelsLast(x))) {
      let isClose = zip(wanted, found).allSatisfy { abs($0 - $1) <= 1e-3 * max(1, abs($0)) }
      #expect(isClose && wanted.count == found.count)
    }
  }

  @Test("windows that see padding alone give the bias", arguments: [false, true])
  func emptyPictures(isChannelsLast: Bool) throws {
    let geometry = try ConvolutionGeometry(
      stride: [1, 1, 1], paddingBegin: [0, 1, 1], paddingEnd: [1, 1, 1], dilation: [1, 1, 1])
    var x = NDArray.zeros([1, 16, 0, 12, 12])
    if isChannelsLast {
      x = x.transposed([0, 2, 3, 4, 1]).contiguous().transposed([0, 4, 1, 2, 3])
    }
    let weight = NDArray.random.normal([32, 16, 1, 3, 3], seed: 1)
    let bias = NDArray.random.normal([32], seed: 2)
    let y = NDArray.apply(Convolution(geometry), inputs: [x, weight, bias], at: .unknown)[0]
    let expected = bias.reshaped([1, 32, 1, 1, 1]).broadcast(to: [1, 32, 1, 12, 12])
    #expect(y.scalars(as: Float.self) == expected.scalars(as: Float.self))
  }
}
