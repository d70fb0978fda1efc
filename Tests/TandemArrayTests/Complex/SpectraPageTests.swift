import Foundation
import TandemArray
import Testing

/// The example of the page on spectra: the page shows the file that is compiled here.
@Suite struct SpectraPageTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  @Test func pageShowsTheFile() throws {
    let root = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(
      contentsOf: root.appending(path: "Sources/TandemArray/TandemArray.docc/Spectra.md"),
      encoding: .utf8)
    let file = try String(
      contentsOf: Self.folder.appending(path: "SpectralConvolution.swift"), encoding: .utf8)
    #expect(page.contains("```swift\n\(file)```\n"))
    #expect(page.contains("Tests/TandemArrayTests/Complex/SpectralConvolution.swift"))
  }

  @Test(arguments: [(1, 1), (7, 3), (100, 17), (1000, 257)])
  func agreesWithTheSum(n: Int, m: Int) {
    let signals = NDArray.random.normal([3, n], seed: 1, dtype: .float64)
    let filter = NDArray.random.normal([m], seed: 2, dtype: .float64)
    let found = spectralConvolution(signals, filter)
    #expect(found.type == .float64([3, n + m - 1]))
    for row in 0..<3 {
      let expected = signals[row].convolve(filter, mode: .full)
      #expect((found[row] - expected).abs().max().item() < 1e-12)
    }
  }

  @Test func gradientAndRegion() throws {
    let inputs = [
      NDArray.random.normal([2, 9], seed: 1, dtype: .float64),
      NDArray.random.normal([4], seed: 2, dtype: .float64),
    ]
    let check = checkGradient(of: { spectralConvolution($0[0], $0[1]).squared() }, at: inputs)
    #expect(check.error < 1e-8)
    let region = compile { (x: [NDArray]) in spectralConvolution(x[0], x[1]) }
    let eager = spectralConvolution(inputs[0], inputs[1])
    #expect(region(inputs).scalars(as: Double.self) == eager.scalars(as: Double.self))
  }

  @Test func messages() {
    let x = NDArray.ones([2, 4])
    let z = x.cast(to: .complex64)
    expectFailure("fft: no axis 2: float32[2, 4]") { _ = FFT.fft(x, axis: 2) }
    expectFailure("fft: needs one or more elements, not 0: complex64[2, 4]") {
      _ = FFT.fft(x, n: 0)
    }
    expectFailure("rfft: needs real numbers; take .real, or fft: complex64[2, 4]") {
      _ = FFT.rfft(z)
    }
    expectFailure("irfft: needs one or more results, not 0: complex64[2, 1]") {
      _ = FFT.irfft(z[.all, ..<1])
    }
    expectFailure("fftn: 1 lengths for 2 axes: float32[2, 4]") {
      _ = FFT.fftn(x, shape: [4], axes: [0, 1])
    }
    expectFailure("fft2: axis 1 is given twice: float32[2, 4]") {
      _ = FFT.fft2(x, axes: [1, -1])
    }
    expectFailure("rfftn: needs an axis: float32[2, 4]") { _ = FFT.rfftn(x, axes: []) }
    expectFailure("fourierTransform: no elements along axis 0: complex64[0]") {
      _ = FFT.fft(NDArray.zeros([0]))
    }
    expectFailure("frequencies: needs one or more numbers, not 0") { _ = FFT.frequencies(0) }
    expectFailure("eigen: needs a square matrix: float32[2, 4]") { _ = Linalg.eig(x) }
    expectFailure("polynomialRoots: needs a vector of coefficients: float32[2, 4]") {
      _ = x.polynomialRoots()
    }
    expectFailure(
      "hadamardTransform: needs a power of two along the last axis: float32[3]"
    ) { _ = NDArray.ones([3]).hadamardTransform() }
    expectFailure("hadamardTransform: needs floats along an axis: complex64[2, 4]") {
      _ = z.hadamardTransform()
    }
    expectFailure(
      "blockMaskedMatmul: the mask needs one element for each block of 2: float32[2, 4], "
        + "float32[1, 1]"
    ) { _ = x.blockMaskedMatmul(x.transposed(), blockSize: 2, lhsMask: NDArray.ones([1, 1])) }
    expectFailure("blockMaskedMatmul: needs a positive block size, not 0") {
      _ = x.blockMaskedMatmul(x.transposed(), blockSize: 0)
    }
  }
}
