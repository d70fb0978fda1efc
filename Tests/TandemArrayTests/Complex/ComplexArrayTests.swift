import TandemArray
import Testing

/// Complex arrays as users make, read, change and mix them.
@Suite struct ComplexArrayTests {
  private let z = NDArray([Complex(1, 2), Complex(-3, 0.5)])

  @Test func creationAndReading() {
    #expect(z.type == TensorType([2], .complex128))
    #expect(NDArray([Complex(1, 2)], dtype: .complex64).dtype == .complex64)
    #expect(NDArray(Complex(1, 2)).type == TensorType([], .complex64))
    #expect(z.scalars(as: Complex.self) == [Complex(1, 2), Complex(-3, 0.5)])
    #expect(z[1].item(as: Complex.self) == Complex(-3, 0.5))
    #expect(NDArray([1, 2]).scalars(as: Complex.self) == [Complex(1), Complex(2)])
    #expect(NDArray.imaginaryUnit.item(as: Complex.self) == .i)
    let pair = NDArray.complex(real: NDArray([1, 2]), imaginary: NDArray([0.5]))
    #expect(pair.dtype == .complex64)
    #expect(pair.scalars(as: Complex.self) == [Complex(1, 0.5), Complex(2, 0.5)])
    let zeros = NDArray.zeros([2], dtype: .complex64).scalars(as: Complex.self)
    #expect(zeros == [Complex(0), Complex(0)])
    #expect(NDArray([1, 2], dtype: .complex128).scalars(as: Complex.self)[1] == Complex(2))
    #expect("\(Complex(1, -2)) \(Complex(0, .nan))" == "1.0-2.0j 0.0nanj")
    #expect(Complex(3, -4).magnitude == 5)
  }

  @Test func promotion() {
    let single = NDArray([Complex(1, 1)], dtype: .complex64)
    let float = NDArray([2.0], dtype: .float32)
    #expect((single * 0.5).dtype == .complex64 && (1 - single).dtype == .complex64)
    #expect((single + float).dtype == .complex64 && (z * float).dtype == .complex128)
    #expect((single * NDArray([2.0], dtype: .float64)).dtype == .complex128)
    #expect((NDArray([1], dtype: .int64) * single).dtype == .complex64)
    #expect((NDArray([1.0], dtype: .float64) * .imaginaryUnit).dtype == .complex128)
    #expect((float * .imaginaryUnit).dtype == .complex64)
    #expect((float * .imaginaryUnit).item(as: Complex.self) == Complex(0, 2))
  }

  @Test func arithmeticInPlace() {
    var a = z
    a += z
    #expect(a.scalars(as: Complex.self) == [Complex(2, 4), Complex(-6, 1)])
    a *= a
    #expect(a.scalars(as: Complex.self) == [Complex(-12, 16), Complex(35, -12)])
    a /= 2
    #expect(a.scalars(as: Complex.self) == [Complex(-6, 8), Complex(17.5, -6)])
    a[0] = 7
    #expect(a.scalars(as: Complex.self) == [Complex(7), Complex(17.5, -6)])
    #expect(z.scalars(as: Complex.self) == [Complex(1, 2), Complex(-3, 0.5)])
    #expect((z .== z.conjugate()).scalars() == [false, false])
  }

  /// Strided operands, and more elements than one chunk.
  @Test func layouts() {
    let (x, y) = (
      NDArray.random.normal([300, 200], seed: 1), NDArray.random.normal([300, 200], seed: 2)
    )
    let z = NDArray.complex(real: x, imaginary: y)
    let turned = z.transposed()
    let product = turned * turned.conjugate()
    let expected = (x * x + y * y).transposed()
    #expect(product.real.arrayEqual(expected))
    #expect(product.imaginary.abs().max().item() == 0)
    #expect(turned.sum(axis: 0).real.arrayEqual(x.transposed().sum(axis: 0)))
    #expect(z[.stride(by: -3), 1...].imaginary.arrayEqual(y[.stride(by: -3), 1...]))
    #expect(z.broadcast(to: [2, 300, 200]).real.arrayEqual(x.broadcast(to: [2, 300, 200])))
  }

  @Test func messages() {
    expectFailure(
      "scalars: complex numbers have two parts; read them as Complex, or take .real or "
        + ".imaginary: complex128[2]"
    ) { _ = z.scalars(as: Double.self) }
    expectFailure(
      "item: complex numbers have two parts; read them as Complex, or take .real or "
        + ".imaginary: complex128[]"
    ) { _ = z[0].item() }
    expectFailure("log: complex numbers are not supported: complex128[2]") { _ = z.log() }
    expectFailure("less: complex numbers are not supported: complex128[2], complex128[2]") {
      _ = z .< z
    }
    expectFailure(
      "cast: complex numbers have no float32; take .real or .imaginary: complex128[2]"
    ) { _ = z.cast(to: .float32) }
    expectFailure("array: complex numbers do not fit the dtype float32") {
      _ = NDArray([Complex(1, 2)], dtype: .float32)
    }
    expectFailure("array: 1 numbers do not fill the shape [2]") {
      _ = NDArray([Complex(1, 2)], shape: [2])
    }
    expectFailure("complex: parts are real: complex128[2], complex128[2]") {
      _ = NDArray.complex(real: z, imaginary: z)
    }
    expectFailure(
      "gradient: needs a function whose value is one float, not complex128[]"
    ) { _ = gradient(of: { $0.sum() })(z) }
  }
}
