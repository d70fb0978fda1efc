import CTandem
import Foundation
import TandemKernels
import TandemShapes
import TandemThreads
import Testing

/// Transforms of all kinds of lengths against their definition, and the same bits from every number
/// of threads and every instruction set.
@Suite struct FourierTests {
  /// Lengths of passes, of matrices and of convolutions, short and long.
  static let lengths = [
    1, 2, 8, 13, 17, 60, 128, 257, 300, 509, 512, 1000, 1024, 3003, 4099, 8192, 15_015, 65_536,
    100_003,
  ]

  /// Numbers between -1 and 1 that follow from their places.
  private static func number(_ place: Int) -> Double {
    Double((place &* 7919 &+ 13) % 2039) / 1024 - 1
  }

  /// A transform of a row-major array, whose numbers are those of ``number(_:)``.
  struct Run {
    let primitive: FourierTransform
    let shape: Shape
    let dtype: DType

    var n: Int { shape[primitive.axis] }
    var half: Shape {
      var half = shape
      half[primitive.axis] = n / 2 + 1
      return half
    }
    var inShape: Shape { primitive.kind == .inverseReal ? half : shape }
    var outShape: Shape { primitive.kind == .real ? half : shape }
    var inParts: Int { primitive.kind == .real ? 1 : 2 }
    var outParts: Int { primitive.kind == .inverseReal ? 1 : 2 }

    func parts(in context: ParallelContext) throws -> [Double] {
      let (input, output) = (inShape.elementCount * inParts, outShape.elementCount * outParts)
      func run<T: BinaryFloatingPoint & Sendable>(_ type: T.Type) throws -> [Double] {
        var x = (0..<input).map { T(FourierTests.number($0)) }
        var y = [T](repeating: 9, count: output)
        try x.withUnsafeMutableBytes { x in
          try y.withUnsafeMutableBytes { y in
            let inType = inParts == 2 ? dtype.complex : dtype
            let outType = outParts == 2 ? dtype.complex : dtype
            try primitive.run(
              [
                Operand(y.baseAddress!, Layout(outShape), outType),
                Operand(x.baseAddress!, Layout(inShape), inType),
              ], scalars: [], in: context)
          }
        }
        return y.map(Double.init)
      }
      return try dtype == .float32 ? run(Float.self) : run(Double.self)
    }

    /// Number `j` of a line of the whole complex input.
    func input(_ line: Int, _ j: Int, _ inner: Int) -> (Double, Double) {
      func at(_ j: Int, _ length: Int) -> Int {
        (line / inner * length + j) * inner + line % inner
      }
      switch primitive.kind {
      case .complex:
        return (FourierTests.number(2 * at(j, n)), FourierTests.number(2 * at(j, n) + 1))
      case .real: return (FourierTests.number(at(j, n)), 0)
      case .inverseReal:
        let k = min(j, n - j)
        let place = 2 * at(k, n / 2 + 1)
        let imaginary = 2 * k % n == 0 ? 0 : FourierTests.number(place + 1)
        return (FourierTests.number(place), j == k ? imaginary : -imaginary)
      }
    }

    /// Number `k` of a line of the result, by the definition.
    func expected(_ line: Int, _ k: Int, _ roots: [(Double, Double)]) -> (Double, Double) {
      var (re, im) = (0.0, 0.0)
      let sign: Double = primitive.isInverse || primitive.kind == .inverseReal ? 1 : -1
      let inner = shape.array[(primitive.axis + 1)...].reduce(1, *)
      for j in 0..<n {
        let ((a, b), (c, s)) = (input(line, j, inner), roots[j * k % n])
        re += a * c - b * s * sign
        im += b * c + a * s * sign
      }
      return (re * primitive.scale, im * primitive.scale)
    }

    /// The largest distance of some results from the definition, in lengths of a result.
    func error(_ parts: [Double], samples: Int) -> Double {
      let roots = (0..<n).map { j in
        let angle = 2 * Double.pi * Double(j) / Double(n)
        return (cos(angle), sin(angle))
      }
      let inner = outShape.array[(primitive.axis + 1)...].reduce(1, *)
      let length = outShape[primitive.axis]
      let lines = outShape.elementCount / length
      var worst = 0.0
      for sample in 0..<samples {
        let (line, k) = (sample * 31 % lines, sample &* 7919 % length)
        let place = (line / inner * length + k) * inner + line % inner
        let (re, im) = expected(line, k, roots)
        let found = outParts == 2 ? (parts[2 * place], parts[2 * place + 1]) : (parts[place], im)
        worst = max(worst, hypot(found.0 - re, found.1 - im))
      }
      return worst / (Double(n).squareRoot() * primitive.scale)
    }
  }

  static let kinds: [FourierTransform.Kind] = [.complex, .real, .inverseReal]

  @Test(arguments: kinds, [DType.float32, .float64])
  func followsTheDefinition(kind: FourierTransform.Kind, dtype: DType) throws {
    // Of single numbers, not of the mean; the definition in Double has an error of its own.
    let bound = dtype == .float32 ? 1e-6 : 2e-14
    for n in FourierTests.lengths {
      let shapes: [(Shape, Int)] = n < 5000 ? [([19, n], 1), ([n, 20], 0), ([n], 0)] : [([n], 0)]
      for (shape, axis) in shapes {
        let primitive = FourierTransform(
          kind, axis: axis, isInverse: kind == .complex && n % 2 == 1, scale: 0.25)
        let run = Run(primitive: primitive, shape: shape, dtype: dtype)
        let error = run.error(try run.parts(in: .serial), samples: n < 5000 ? 3 : 2)
        #expect(error <= bound * max(1, log2(Double(n)) / 4), "\(primitive) of \(shape)")
      }
    }
  }

  /// Long columns, which are gathered, and long lines one after another.
  @Test(arguments: kinds) func longLinesAnywhere(kind: FourierTransform.Kind) throws {
    for (shape, axis) in [([5000, 3], 0), ([3, 4099, 2], 1), ([3, 20_000], 1)] as [(Shape, Int)] {
      let run = Run(primitive: FourierTransform(kind, axis: axis), shape: shape, dtype: .float64)
      #expect(run.error(try run.parts(in: .serial), samples: 8) < 1e-13, "\(shape)")
    }
  }

  @Test(arguments: kinds, [DType.float32, .float64])
  func sameBits(kind: FourierTransform.Kind, dtype: DType) throws {
    let team = WorkerTeam(threads: 4)
    defer { team.shutdown() }
    let shapes: [(Shape, Int)] = [
      ([37, 60], 1), ([100, 33], 0), ([5, 1000], 1), ([65_536], 0), ([20_011], 0), ([17, 97], 1),
    ]
    for (shape, axis) in shapes {
      let run = Run(primitive: FourierTransform(kind, axis: axis), shape: shape, dtype: dtype)
      let one = try run.parts(in: .serial)
      #expect(try run.parts(in: team.context) == one, "\(shape)")
      for level in [TANDEM_ISA_BASELINE, TANDEM_ISA_AVX2] {
        guard tandem_level_is_here(Int32(level)) else { continue }
        tandem_force_level(Int32(level))
        let other = try run.parts(in: .serial)
        tandem_force_level(-1)
        #expect(other == one, "\(shape), \(level)")
      }
    }
  }
}
