import TandemArray
import Testing

/// Gradients of real losses through complex numbers, against PyTorch, whose convention they follow:
/// `Tests/Fixtures/complex_gradients.py`.
@Suite struct ComplexGradientTests {
  private static let i = NDArray(Complex.i, dtype: .complex128)

  private static func arithmetic(_ a: NDArray, _ b: NDArray) -> NDArray {
    let z = a * b + a / (b + 3) - b.reciprocal() * a.real
    return (z.abs() + (z * z).imaginary + z.conjugate().angle()).sum()
  }

  private static func products(_ a: NDArray, _ b: NDArray) -> NDArray {
    a.matmul(b).exp().abs().squared().mean() + (a.sum() * b.mean()).real
  }

  private static func spectrum(_ x: NDArray, _ w: NDArray) -> NDArray {
    let y = FFT.ifft(FFT.fft(x, norm: .ortho) * w)
    return y.abs().squared().sum() + FFT.irfft(y, n: 9).squared().sum()
      + FFT.rfft(y.real).imaginary.sum()
  }

  private static func planes(_ x: NDArray, _ w: NDArray) -> NDArray {
    let y = FFT.fft2(x) * FFT.ifftn(w, shape: [4, 5])
    return FFT.irfft2(y).squared().sum() + FFT.hfft(y).abs().sum()
      + FFT.rfft2(y.real).abs().sum()
  }

  private static func moved(_ x: NDArray, _ w: NDArray) -> NDArray {
    var y = NDArray.concatenated(
      [x.rolled(by: 1, axis: 1)[.all, .stride(by: 2)], w.flipped(axis: 0).real], axis: 1)
    y = .where(y.real .> 0, y, 2 * i * y)
    return y.transposed().matmul(y).abs().sum() + y.triangularLower().imaginary.squared().sum()
  }

  private static func eigen(_ x: NDArray, _ w: NDArray) -> NDArray {
    let (values, vectors) = Linalg.eig(x)
    return values.abs().squared().sum() + vectors.abs().squared()[0].sum()
      + Linalg.eigenvalues(x.matmul(w)).squared().sum().real
  }

  private static let cases:
    [String: (function: @Sendable (NDArray, NDArray) -> NDArray, shapes: [Shape])] = [
      "arithmetic": ({ arithmetic($0, $1) }, [[3, 4], [4]]),
      "products": ({ products($0, $1) }, [[2, 3], [3, 4]]),
      "spectrum": ({ spectrum($0, $1) }, [[2, 7], [7]]),
      "planes": ({ planes($0, $1) }, [[2, 4, 5], [2, 3, 5]]),
      "moved": ({ moved($0, $1) }, [[3, 4], [3, 2]]),
      "eigen": ({ eigen($0, $1) }, [[3, 3], [3, 3]]),
    ]

  private static func inputs(_ shapes: [Shape]) -> [NDArray] {
    shapes.enumerated().map { k, shape in
      let i = NDArray.arange(shape.elementCount, dtype: .float64)
      return NDArray.complex(real: (i * 0.7 + k).sin(), imaginary: (i * 0.3 - k).cos())
        .reshaped(shape)
    }
  }

  @Test func gradientsLikePyTorch() throws {
    let lines = try FixtureText.read("complex_gradients").split(separator: "\n")
    #expect(lines.count == Self.cases.count)
    for line in lines {
      let fields = line.split(separator: "\t")
      let (function, shapes) = try #require(Self.cases[String(fields[0])])
      let (value, gradients) = valueAndGradients(
        of: { function($0[0], $0[1]) }, at: Self.inputs(shapes))
      let found = [value] + gradients.flatMap { [$0.real, $0.imaginary] }
      for (found, expected) in zip(found, fields.dropFirst()) {
        let numbers = expected.split(separator: ";").compactMap { Double($0) }
        let values: [Double] = found.scalars()
        #expect(values.count == numbers.count, "\(fields[0])")
        for (a, b) in zip(values, numbers) {
          #expect(abs(a - b) <= 1e-11 * max(1, abs(b)), "\(fields[0]): \(a), \(b)")
        }
      }
    }
  }

  /// A compiled step has the value and the gradients of the eager one, bit for bit.
  @Test(arguments: ["arithmetic", "products", "spectrum", "planes", "moved", "eigen"])
  func compiled(name: String) throws {
    let (function, shapes) = try #require(Self.cases[name])
    @Sendable func step(_ inputs: [NDArray]) -> [NDArray] {
      let (value, gradients) = valueAndGradients(of: { function($0[0], $0[1]) }, at: inputs)
      return [value] + gradients
    }
    let inputs = Self.inputs(shapes)
    let region = compile { (inputs: [NDArray]) in step(inputs) }
    for (x, y) in zip(step(inputs), region(inputs)) {
      #expect(x.scalars(as: Complex.self) == y.scalars(as: Complex.self), "\(name)")
    }
  }

  /// Gradient descent on complex numbers: a step against the gradient lowers the loss.
  @Test func descent() {
    let target = NDArray([Complex(1, -2), Complex(-0.5, 3)])
    var z = NDArray.zeros(like: target)
    for _ in 0..<50 {
      let slope = gradient(of: { (z: NDArray) in (z - target).abs().squared().sum() })(z)
      z -= 0.25 * slope
    }
    for (a, b) in zip(z.scalars(as: Complex.self), target.scalars(as: Complex.self)) {
      #expect(abs(a.real - b.real) < 1e-9 && abs(a.imaginary - b.imaginary) < 1e-9)
    }
  }
}
