import CTandem
import Foundation
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

@Suite("matrix products and convolutions of NumPy and SciPy")
struct ProductFixtureTests {
  /// The lines of `matrix_product.txt`: a name, integers, two operands and a result.
  private static func lines() throws -> [(name: String, numbers: [Int], arrays: [[Double]])] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.deletingLastPathComponent().appending(path: "Fixtures/matrix_product.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let fields = line.components(separatedBy: " | ")
      return (
        fields[0], fields[1].split(separator: " ").map { Int($0)! },
        fields.dropFirst(2).map { $0.split(separator: " ").map { Double($0)! } }
      )
    }
  }

  private func array(_ lengths: [Int], _ values: [Double]?) -> TestMatrix {
    var random = SplitMix(seed: 1)
    let array = TestMatrix(lengths, .float32, transposed: true, random: &random)
    for (place, value) in (values ?? []).enumerated() { array.set(place, value) }
    return array
  }

  @Test("small integers give the same numbers")
  func all() throws {
    for (name, numbers, arrays) in try ProductFixtureTests.lines() {
      for level in levels(.float32) {
        let found =
          name == "product"
          ? product(numbers, arrays, level) : try convolution(numbers, arrays, level)
        #expect(found == arrays[2], "\(name) \(numbers) level \(level)")
      }
    }
  }

  private func product(_ numbers: [Int], _ arrays: [[Double]], _ level: Int32) -> [Double] {
    let (m, n, k) = (numbers[0], numbers[1], numbers[2])
    let (a, b, c) = (array([m, k], arrays[0]), array([k, n], arrays[1]), array([m, n], nil))
    MatrixProduct().run([c.operand, a.operand, b.operand], level: level, in: .serial)
    return c.values
  }

  private func convolution(
    _ numbers: [Int], _ arrays: [[Double]], _ level: Int32
  ) throws -> [Double] {
    let rank = numbers[0]
    var rest = numbers.dropFirst(2)
    func take(_ count: Int) -> [Int] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    let (xs, ws) = (take(rank + 2), take(rank + 2))
    let geometry = try ConvolutionGeometry(
      stride: Shape(take(rank)), paddingBegin: Shape(take(rank)), paddingEnd: Shape(take(rank)),
      dilation: Shape(take(rank)), groups: numbers[1])
    let ys = try geometry.outputShape(input: Shape(xs), weight: Shape(ws)).array
    let (x, w, y) = (array(xs, arrays[0]), array(ws, arrays[1]), array(ys, nil))
    ConvolutionForward(geometry).run([y.operand, x.operand, w.operand], level: level, in: .serial)
    return y.values
  }
}
