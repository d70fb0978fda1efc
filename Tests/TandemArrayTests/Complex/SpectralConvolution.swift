import TandemArray

/// The convolution of signals with a filter, by the product of their spectra.
///
/// | value | shape |
/// | --- | --- |
/// | `signals` | `[..., n]` |
/// | `filter` | `[m]` |
/// | result | `[..., n + m - 1]` |
func spectralConvolution(_ signals: NDArray, _ filter: NDArray) -> NDArray {
  let count = signals.shape[-1] + filter.shape[-1] - 1
  // Room for the whole result, so that its end does not wrap around to its start.
  let product = FFT.rfft(signals, n: count) * FFT.rfft(filter, n: count)
  return FFT.irfft(product, n: count)
}
