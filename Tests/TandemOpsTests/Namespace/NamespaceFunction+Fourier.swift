import TandemArray
import TandemOps

extension NamespaceFunction {
  /// Fourier transforms, with complex numbers as two arrays of parts.
  static let fourier: [NamespaceFunction] = [
    pairs("fft") { z, f in FFT.fft(z[0], n: f.optional(0), axis: f.int(1), norm: norm(f)) },
    pairs("ifft") { z, f in FFT.ifft(z[0], n: f.optional(0), axis: f.int(1), norm: norm(f)) },
    pairs("rfft") { z, f in FFT.rfft(z[0], n: f.optional(0), axis: f.int(1), norm: norm(f)) },
    pairs("ihfft") { z, f in FFT.ihfft(z[0], n: f.optional(0), axis: f.int(1), norm: norm(f)) },
    reals("irfft") { z, f in
      [FFT.irfft(z[0], n: f.optional(0), axis: f.int(1), norm: norm(f))]
    },
    reals("hfft") { z, f in
      [FFT.hfft(z[0], n: f.optional(0), axis: f.int(1), norm: norm(f))]
    },
    pairs("fftn") { z, f in FFT.fftn(z[0], shape: list(f, 0), axes: list(f, 1), norm: norm(f)) },
    pairs("ifftn") { z, f in
      FFT.ifftn(z[0], shape: list(f, 0), axes: list(f, 1), norm: norm(f))
    },
    pairs("rfftn") { z, f in
      FFT.rfftn(z[0], shape: list(f, 0), axes: list(f, 1), norm: norm(f))
    },
    reals("irfftn") { z, f in
      [FFT.irfftn(z[0], shape: list(f, 0), axes: list(f, 1), norm: norm(f))]
    },
    pairs("fft2") { z, _ in FFT.fft2(z[0]) },
    pairs("ifft2") { z, _ in FFT.ifft2(z[0]) },
    pairs("rfft2") { z, _ in FFT.rfft2(z[0]) },
    reals("irfft2") { z, _ in [FFT.irfft2(z[0])] },
    .one("shifted") { x, f in FFT.shifted(x[0], axes: list(f, 0)) },
    .one("unshifted") { x, f in FFT.unshifted(x[0], axes: list(f, 0)) },
    .one("frequencies", .compiled) { _, f in
      FFT.frequencies(f.int(0), spacing: f.double(1), dtype: f.dtype)
    },
    .one("realFrequencies", .compiled) { _, f in
      FFT.realFrequencies(f.int(0), spacing: f.double(1), dtype: f.dtype)
    },
  ]

  private static func norm(_ form: NamespaceForm) -> FFT.Norm { FFT.Norm(rawValue: form.word(2))! }

  private static func list(_ form: NamespaceForm, _ field: Int) -> [Int]? {
    let numbers = form.ints(field)
    return numbers.isEmpty ? nil : numbers
  }
}
