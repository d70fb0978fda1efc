import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// A convolution with random operands, and its reference: loops over the definition in `Double`.
struct ConvolutionProblem {
  let geometry: ConvolutionGeometry
  let y: TestMatrix
  let x: TestMatrix
  let w: TestMatrix
  let bias: TestMatrix

  init(
    _ geometry: ConvolutionGeometry, _ x: [Int], _ w: [Int], _ dtype: DType,
    channelsLast: Bool = false, random: inout SplitMix
  ) throws {
    self.geometry = geometry
    func array(_ lengths: [Int]) -> TestMatrix {
      let matrix = TestMatrix(lengths, dtype, transposed: false, random: &random)
      if !channelsLast { return matrix }
      let order = [0] + Array(2..<lengths.count) + [1]
      return matrix.viewed(.dense(Shape(lengths), order: order))
    }
    self.x = array(x)
    self.w = array(w)
    y = array(try geometry.outputShape(input: Shape(x), weight: Shape(w)).array)
    bias = TestMatrix([w[0]], dtype, transposed: false, random: &random)
  }

  /// One to three axes, any stride, padding, dilation, groups and memory order.
  init(_ dtype: DType, random: inout SplitMix) throws {
    let rank = 1 + random.below(3)
    let groups = 1 + random.below(3)
    func list(_ low: Int, _ bound: Int) -> [Int] {
      (0..<rank).map { _ in low + random.below(bound) }
    }
    let (kernel, stride, dilation) = (list(1, 3), list(1, 3), list(1, 2))
    let (begin, end) = (list(0, 3), list(0, 3))
    let lengths = (0..<rank).map {
      max(1, dilation[$0] * (kernel[$0] - 1) + 1 - begin[$0] - end[$0])
        + random.below(rank == 1 ? 60 : rank == 2 ? 12 : 5)
    }
    let geometry = try ConvolutionGeometry(
      stride: Shape(stride), paddingBegin: Shape(begin), paddingEnd: Shape(end),
      dilation: Shape(dilation), groups: groups)
    let channels = 1 + random.below(4)
    try self.init(
      geometry, [1 + random.below(random.below(2) == 0 ? 3 : 20), channels * groups] + lengths,
      [groups * (1 + random.below(random.below(2) == 0 ? 5 : 20)), channels] + kernel, dtype,
      channelsLast: random.below(3) == 0, random: &random)
  }

  /// Calls `body` with the places of the elements of `y`, `x` and `w` of every product.
  private func forEachProduct(_ body: (_ y: Int, _ x: Int, _ w: Int) -> Void) {
    let rank = geometry.spatialRank
    let (ys, xs, ws) = (
      y.layout.shape.array, x.layout.shape.array, w.layout.shape.array
    )
    let pixels = ys.dropFirst(2).reduce(1, *)
    let taps = ws.dropFirst(2).reduce(1, *)
    let image = xs.dropFirst(2).reduce(1, *)
    for pixel in 0..<pixels {
      for tap in 0..<taps {
        var (restY, restW, place, pitch, inside) = (pixel, tap, 0, 1, true)
        for axis in (0..<rank).reversed() {
          let (t, k) = (restY % ys[axis + 2], restW % ws[axis + 2])
          (restY, restW) = (restY / ys[axis + 2], restW / ws[axis + 2])
          let position =
            t * geometry.stride[axis] + k * geometry.dilation[axis] - geometry.paddingBegin[axis]
          if position < 0 || position >= xs[axis + 2] { inside = false }
          place += position * pitch
          pitch *= xs[axis + 2]
        }
        if !inside { continue }
        for n in 0..<xs[0] {
          for o in 0..<ws[0] {
            let group = o / (ws[0] / geometry.groups)
            for c in 0..<ws[1] {
              body(
                (n * ws[0] + o) * pixels + pixel,
                (n * xs[1] + group * ws[1] + c) * image + place, (o * ws[1] + c) * taps + tap)
            }
          }
        }
      }
    }
  }

  /// Runs all three primitives and compares.
  func check(level: Int32, library: ConvolutionLibrary = .never, comment: Comment) {
    let (xs, ws, bs) = (x.values, w.values, bias.values)
    let dy = y.values  // random before anything is computed
    var random = SplitMix(seed: 99)
    func like(_ other: TestMatrix) -> TestMatrix {
      TestMatrix(other.layout.shape.array, other.dtype, transposed: false, random: &random)
        .viewed(other.layout)
    }
    let (dx, dw, out) = (like(x), like(w), like(y))
    ConvolutionInputGradient(geometry).run(
      [dx.operand, y.operand, w.operand], level: level, library: library, in: .serial)
    ConvolutionWeightGradient(geometry).run(
      [dw.operand, x.operand, y.operand], level: level, library: library, in: .serial)
    ConvolutionForward(geometry, hasBias: true).run(
      [out.operand, x.operand, w.operand, bias.operand], level: level, library: library,
      in: .serial)

    var (sumY, sumX, sumW) = (Sums(dy.count), Sums(xs.count), Sums(ws.count))
    let (outputs, pixels) = (w.layout.shape[0], y.layout.shape.array.dropFirst(2).reduce(1, *))
    for place in 0..<dy.count { sumY.add(bs[place / pixels % outputs], at: place) }
    forEachProduct { y, x, w in
      sumY.add(xs[x] * ws[w], at: y)
      sumX.add(dy[y] * ws[w], at: x)
      sumW.add(dy[y] * xs[x], at: w)
    }
    sumY.expect(out, "forward, \(comment)")
    sumX.expect(dx, "input gradient, \(comment)")
    sumW.expect(dw, "weight gradient, \(comment)")
  }
}

/// Sums in `Double` with what bounds the error of a float sum: terms and their magnitudes.
struct Sums {
  private var values: [Double]
  private var magnitudes: [Double]
  private var counts: [Int]

  init(_ count: Int) {
    values = Array(repeating: 0, count: count)
    magnitudes = values
    counts = Array(repeating: 0, count: count)
  }

  mutating func add(_ term: Double, at place: Int) {
    values[place] += term
    magnitudes[place] += abs(term)
    counts[place] += 1
  }

  func expect(_ array: TestMatrix, _ comment: Comment) {
    let found = array.values
    let arithmetic = roundoff(array.dtype == .float64 ? .float64 : .float32)
    var worst = 0.0
    for place in values.indices {
      let rounding =
        array.dtype.byteCount == 2 ? roundoff(array.dtype) * abs(values[place]) + 0x1p-25 : 0
      let bound =
        Double(counts[place] + 4) * arithmetic * magnitudes[place] + 1.01 * rounding + 0x1p-30
      let error = abs(found[place] - values[place])
      if !(error <= bound) { worst = max(worst, error.isNaN ? .infinity : error / bound) }
    }
    #expect(worst == 0, "\(comment): \(array.layout.shape) \(array.dtype): \(worst) bounds")
    #expect(array.isIntact, comment)
  }
}
