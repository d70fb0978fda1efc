private import Glibc

// Numbers at regular places.

extension NDArray {
  /// `count` numbers evenly spaced from `start` on, `end` not included: `numpy.linspace` with
  /// `endpoint=False`.
  public static func linspace(
    from start: Double, upTo end: Double, count: Int, dtype: DType = .float32,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard count >= 0 else { fail("linspace: a negative count: \(count)", at: site) }
    let step = (end - start) / Double(Swift.max(count, 1))
    return numbers("linspace", count, dtype, site) { start + Double($0) * step }
  }

  /// `count` powers of a base whose exponents are evenly spaced from `start` to `end`, both
  /// included; `numpy.logspace`.
  public static func logspace(
    _ start: Double, _ end: Double, count: Int, base: Double = 10, dtype: DType = .float32,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let step = (end - start) / Double(Swift.max(count - 1, 1))
    return numbers("logspace", count, dtype, CallSite(file, line)) { index in
      Glibc.pow(base, count > 1 && index == count - 1 ? end : start + Double(index) * step)
    }
  }

  /// `count` numbers from `start` to `end`, both included, each the same multiple of the one
  /// before; `numpy.geomspace`. Both must be on the same side of zero.
  public static func geomspace(
    _ start: Double, _ end: Double, count: Int, dtype: DType = .float32,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard start * end > 0 else {
      fail("geomspace: \(start) and \(end) are not on one side of zero", at: site)
    }
    let (first, last) = (Glibc.log10(start.magnitude), Glibc.log10(end.magnitude))
    let step = (last - first) / Double(Swift.max(count - 1, 1))
    return numbers("geomspace", count, dtype, site) { index in
      if index == 0 { return start }
      if index == count - 1 { return end }
      return Glibc.pow(10, first + Double(index) * step) * (start < 0 ? -1 : 1)
    }
  }

  /// A vector of computed numbers.
  static func numbers(
    _ name: String, _ count: Int, _ dtype: DType, _ site: CallSite, _ value: (Int) -> Double
  ) -> NDArray {
    guard count >= 0 else { fail("\(name): a negative count: \(count)", at: site) }
    let shape = createdShape(name, [count], at: site)
    return filled(shape, dtype) { base in
      for index in 0..<count {
        ElementCodec.store(ScalarValue(value(index), dtype), at: base + index * dtype.byteCount)
      }
    }
  }

  /// One number in the shape of another array, in its dtype if `nil`; `numpy.full_like`.
  public static func full(
    like other: NDArray, _ value: some Scalar, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    other.withOwnDevice {
      full(other.shape, value, dtype: dtype ?? other.dtype, file: file, line: line)
    }
  }
}
