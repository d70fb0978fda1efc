extension FFT {
  /// The frequencies of the elements of ``fft(_:n:axis:norm:file:line:)``: zero, then the positive
  /// ones, then the negative ones; `numpy.fft.fftfreq`.
  ///
  /// - Parameters:
  ///   - count: how many numbers are transformed.
  ///   - spacing: the time from one number to the next; frequencies are in cycles per its unit.
  public static func frequencies(
    _ count: Int, spacing: Double = 1, dtype: DType = .float32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let step = self.step("frequencies", count, spacing, CallSite(file, line))
    let values = (0..<count).map { Double($0 < (count + 1) / 2 ? $0 : $0 - count) * step }
    return NDArray(values, shape: [count], dtype: dtype)
  }

  /// The frequencies of the elements of ``rfft(_:n:axis:norm:file:line:)``; `numpy.fft.rfftfreq`.
  ///
  /// - Parameters:
  ///   - count: how many numbers are transformed.
  ///   - spacing: the time from one number to the next; frequencies are in cycles per its unit.
  public static func realFrequencies(
    _ count: Int, spacing: Double = 1, dtype: DType = .float32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let step = self.step("realFrequencies", count, spacing, CallSite(file, line))
    let values = (0...count / 2).map { Double($0) * step }
    return NDArray(values, shape: [count / 2 + 1], dtype: dtype)
  }

  private static func step(
    _ name: String, _ count: Int, _ spacing: Double, _ site: CallSite
  ) -> Double {
    guard count > 0 else { fail("\(name): needs one or more numbers, not \(count)", at: site) }
    return 1 / (Double(count) * spacing)
  }
}
