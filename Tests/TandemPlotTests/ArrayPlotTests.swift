import TandemArray
import TandemShapes
import Testing

@testable import TandemPlot

/// Plots of arrays.
struct ArrayPlotTests {
  @Test("arrays of every real dtype are plotted like the same Swift numbers")
  func dtypes() {
    let expected = Plot.line([0, 1, 4], [1, 0, 1]).svg
    for dtype in DType.allCases where dtype.kind != .complex && dtype != .bool {
      let x = NDArray([0, 1, 4] as [Float], dtype: dtype)
      let y = NDArray([1, 0, 1] as [Float], dtype: dtype)
      #expect(Plot.line(x, y).svg == expected, "\(dtype)")
    }
    #expect(Plot.line([0, 1, 4], NDArray([true, false, true])).svg == expected)
  }

  @Test("views are read in their order")
  func views() {
    let matrix = NDArray.arange(6).reshaped([2, 3])
    #expect(Plot.heatmap(matrix.transposed()).svg == Plot.heatmap([[0, 3], [1, 4], [2, 5]]).svg)
    #expect(Plot.line(matrix[1]).svg == Plot.line([3, 4, 5]).svg)
  }

  @Test("integers of pictures are bytes, floats are parts of one")
  func pictures() {
    let bytes = NDArray([0, 255] as [Float], dtype: .uint8).reshaped([1, 2])
    #expect(Plot.image(bytes).svg == Plot.image(NDArray([0, 1] as [Float]).reshaped([1, 2])).svg)
    let stack = NDArray([0, 1, 1, 0] as [Float]).reshaped([2, 1, 2])
    #expect(
      Plot.grid(stack).svg == Plot.grid([Plot.image([[0.0, 1]]), Plot.image([[1.0, 0]])]).svg)
  }
}
