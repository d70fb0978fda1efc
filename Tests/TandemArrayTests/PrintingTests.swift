import Foundation
import TandemArray
import Testing

/// What `print` shows, against NumPy: `Tests/Fixtures/printing.py`.
@Suite struct PrintingTests {
  @Test func printsLikeNumPy() throws {
    for text in try FixtureText.read("printing").components(separatedBy: "====\n") {
      let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      let array = PrintingTests.array(lines[0])
      #expect(array.description + "\n" == "NDArray(\(lines[1].dropLast()), \(array.type))\n")
    }
  }

  /// The same elements read with strides.
  @Test func printsViewsLikeCopies() {
    let x = NDArray.random.normal([6, 7], seed: 3)
    for view in [x.transposed(), x[.stride(by: -2), 1..<4], x[2], x[..., 3]] {
      #expect(view.description == view.contiguous().description)
    }
    let large = NDArray.arange(60 * 40).reshaped([60, 40]).transposed()
    #expect(large.description == large.contiguous().description)
  }

  @Test func otherDTypes() {
    #expect(
      NDArray([1.5, -2, 0.1], dtype: .bfloat16).description
        == "NDArray([ 1.5, -2. ,  0.1], bfloat16[3])")
    #expect(
      NDArray([0.333, 1], dtype: .bfloat16).description
        == "NDArray([0.332, 1.   ], bfloat16[2])")
    #expect(
      NDArray([UInt64.max, 1]).description
        == "NDArray([\(UInt64.max),                    1], uint64[2])")
    #expect(NDArray(3).description == "NDArray(3., float32[])")
    #expect((NDArray([1, 2]) * 2).description == "NDArray([2., 4.], float32[2])")
  }

  /// Texts that NumPy 2.4 gives under the same options.
  @Test func optionsLikeNumPy() {
    let x = NDArray([[1.23456789, -1000.5], [3e-5, 2]])
    var options = PrintOptions()
    (options.precision, options.suppressesExponents) = (3, true)
    let plain = "[[    1.235, -1000.5  ],\n         [    0.   ,     2.   ]]"
    #expect(x.text(options) == "NDArray(\(plain), float32[2, 2])")
    (options.precision, options.suppressesExponents) = (2, false)
    let powers = "[[ 1.23e+00, -1.00e+03],\n         [ 3.00e-05,  2.00e+00]]"
    #expect(x.text(options) == "NDArray(\(powers), float32[2, 2])")
    options = PrintOptions()
    (options.threshold, options.edgeItems, options.lineWidth) = (5, 1, 30)
    let few = "[[ 0, ...,  3],\n         ...,\n         [ 8, ..., 11]]"
    #expect(
      NDArray.arange(12).reshaped([3, 4]).text(options) == "NDArray(\(few), int64[3, 4])")
    options.threshold = 1000
    let rows = "[ 0,  1,  2,  3,  4,\n          5,  6,  7,  8,  9,\n         10, 11]"
    #expect(NDArray.arange(12).text(options) == "NDArray(\(rows), int64[12])")
    #expect(PrintOptions.current == PrintOptions())
  }

  @Test func failuresAndSymbols() {
    let factor = Linalg.cholesky(NDArray([[1, 2], [2, 1]]))
    #expect(
      factor.description == "cholesky: leading minor 2 is not positive: float32[2, 2], "
        + "queued at PrintingTests.swift:\(#line - 1)")
    var seen = ""
    _ = Graph.trace(inputs: [.float32([2])]) { inputs in
      seen = "\(inputs[0] + 1)"
      return inputs
    }
    #expect(seen == "symbol %2: float32[2]")
  }

  /// Printing inside of recordings and traces leaves no trace in them.
  @Test func leavesNoTrace() {
    let outside = NDArray.arange(1100).reshaped([50, 22]).transposed()
    let (graph, captures) = Graph.trace(inputs: [.float32([2])]) { inputs in
      _ = "\(outside)"
      return inputs
    }
    #expect(graph.nodes.count == 1)
    #expect(captures.isEmpty)
  }

  private static func array(_ line: Substring) -> NDArray {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    let shape = IndexingFixtureTests.Case.shape(fields[1])
    let dtype = DType.allCases.first { "\($0)" == fields[0] }!
    if fields[2] == "arange" {
      return NDArray.arange(shape.elementCount, dtype: dtype).reshaped(shape)
    }
    let words = fields[2].split(separator: ";")
    switch dtype {
    case .complex64, .complex128:
      let parts = words.map { word -> Double in
        dtype == .complex128
          ? Double(bitPattern: UInt64(word, radix: 16)!)
          : Double(Float(bitPattern: UInt32(word, radix: 16)!))
      }
      let values = stride(from: 0, to: parts.count, by: 2).map {
        Complex(parts[$0], parts[$0 + 1])
      }
      return NDArray(values, shape: shape, dtype: dtype)
    case .float64:
      return NDArray(
        words.map { Double(bitPattern: UInt64($0, radix: 16)!) }, shape: shape, dtype: dtype)
    case .float32:
      return NDArray(
        words.map { Float(bitPattern: UInt32($0, radix: 16)!) }, shape: shape, dtype: dtype)
    case .float16:
      return NDArray(
        words.map { Double(Float16(bitPattern: UInt16($0, radix: 16)!)) }, shape: shape,
        dtype: dtype)
    default:
      return NDArray(words.map { Int($0, radix: 16)! }, shape: shape, dtype: dtype)
    }
  }
}
