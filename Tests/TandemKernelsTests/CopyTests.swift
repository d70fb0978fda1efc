import TandemKernels
import TandemShapes
import TandemThreads
import Testing

@Suite struct CopyTests {
  /// A layout of `shape` with a random order of axes, random gaps and directions.
  static func randomLayout(
    _ shape: Shape, using random: inout PhiloxGenerator, broadcasting: Bool
  ) -> (layout: Layout, count: Int) {
    let order = (0..<shape.rank).shuffled(using: &random)
    var layout = Layout(shape)
    var (stride, offset) = (1, 0)
    for axis in order.reversed() {
      stride *= Int.random(in: 0..<3, using: &random) == 0 ? 2 : 1
      if broadcasting && Int.random(in: 0..<6, using: &random) == 0 {
        layout.setStride(0, of: axis)
        continue
      }
      let backwards = Int.random(in: 0..<4, using: &random) == 0
      layout.setStride(backwards ? -stride : stride, of: axis)
      if backwards { offset += stride * max(shape[axis] - 1, 0) }
      stride *= max(shape[axis], 1)
    }
    layout.offset = offset
    return (layout, stride + offset + 1)
  }

  static func offsets(_ layout: Layout) -> [Int] {
    (0..<layout.shape.elementCount).map { number in
      var (rest, offset) = (number, layout.offset)
      for axis in (0..<layout.rank).reversed() {
        offset += rest % layout.shape[axis] * layout.stride(axis)
        rest /= layout.shape[axis]
      }
      return offset
    }
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func copiesEveryElementAndNothingElse(seed: UInt64) {
    var random = PhiloxGenerator(RandomKey(seed: seed))
    for _ in 0..<300 {
      let rank = Int.random(in: 0...5, using: &random)
      let longest = rank <= 2 ? 90 : 9
      let shape = Shape((0..<rank).map { _ in Int.random(in: 0...longest, using: &random) })
      let dtype = DType.allCases.randomElement(using: &random)!
      let (to, toCount) = Self.randomLayout(shape, using: &random, broadcasting: false)
      let (from, fromCount) = Self.randomLayout(shape, using: &random, broadcasting: true)
      let width = dtype.byteCount
      var source = (0..<fromCount * width).map { _ in UInt8.random(in: 0...255, using: &random) }
      var target = [UInt8](repeating: 7, count: toCount * width)
      var expected = target
      for (a, b) in zip(Self.offsets(to), Self.offsets(from)) {
        for byte in 0..<width { expected[a * width + byte] = source[b * width + byte] }
      }
      source.withUnsafeMutableBytes { source in
        target.withUnsafeMutableBytes { target in
          let output = Operand(target.baseAddress!, to, dtype)
          Copy.copy(Operand(source.baseAddress!, from, dtype), to: output, in: .serial)
        }
      }
      #expect(target == expected, "seed \(seed), \(dtype)\(shape): \(to), \(from)")
    }
  }

  @Test func largeTransposesAreCutIntoChunks() throws {
    let count = 700 * 900
    let x = SampleArray((0..<count).map(Double.init), [700, 900], .float32)
    let flipped = Layout([900, 700], strides: [1, 900])
    let out = SampleArray([900, 700], .float32)
    Copy.copy(Operand(x.operand.base, flipped, .float32), to: out.operand, in: .serial)
    withExtendedLifetime((x, out)) {}
    let expected = (0..<count).map { Double($0 % 700 * 900 + $0 / 700) }
    #expect(out.values == expected)
  }
}
