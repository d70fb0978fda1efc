// Transforms of real numbers, of whose spectra half is kept.

extension FFT {
  /// The first half of the transform of real numbers along one axis, of length `n / 2 + 1`;
  /// `numpy.fft.rfft`.
  ///
  /// - Parameters:
  ///   - n: the length that is transformed: the axis is cut, or filled up with zeros; as it is if
  ///     `nil`.
  public static func rfft<A: ArrayExpression>(
    _ x: A, n: Int? = nil, axis: Int = -1, norm: Norm = .backward, file: StaticString = #fileID,
    line: UInt = #line
  ) -> A {
    Call("rfft", CallSite(file, line), norm).real(x, n.map { [$0] }, [axis])
  }

  /// The inverse of ``rfft(_:n:axis:norm:file:line:)``; `numpy.fft.irfft`.
  ///
  /// - Parameter n: how many real numbers result; twice one less than there are if `nil`.
  public static func irfft<A: ArrayExpression>(
    _ x: A, n: Int? = nil, axis: Int = -1, norm: Norm = .backward, file: StaticString = #fileID,
    line: UInt = #line
  ) -> A {
    Call("irfft", CallSite(file, line), norm).inverseReal(x, n.map { [$0] }, [axis])
  }

  /// The transform of real numbers along several axes, all if `nil`; along the last of them half is
  /// kept. `numpy.fft.rfftn`.
  public static func rfftn<A: ArrayExpression>(
    _ x: A, shape: [Int]? = nil, axes: [Int]? = nil, norm: Norm = .backward,
    file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    Call("rfftn", CallSite(file, line), norm).real(x, shape, axes)
  }

  /// The inverse of ``rfftn(_:shape:axes:norm:file:line:)``; `numpy.fft.irfftn`.
  ///
  /// - Parameter shape: the lengths of the result; that of the last axis is twice one less than
  ///   there are if `nil`.
  public static func irfftn<A: ArrayExpression>(
    _ x: A, shape: [Int]? = nil, axes: [Int]? = nil, norm: Norm = .backward,
    file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    Call("irfftn", CallSite(file, line), norm).inverseReal(x, shape, axes)
  }

  /// The transform of real numbers along two axes; `numpy.fft.rfft2`.
  public static func rfft2<A: ArrayExpression>(
    _ x: A, shape: [Int]? = nil, axes: [Int] = [-2, -1], norm: Norm = .backward,
    file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    Call("rfft2", CallSite(file, line), norm).real(x, shape, axes)
  }

  /// The inverse of ``rfft2(_:shape:axes:norm:file:line:)``; `numpy.fft.irfft2`.
  public static func irfft2<A: ArrayExpression>(
    _ x: A, shape: [Int]? = nil, axes: [Int] = [-2, -1], norm: Norm = .backward,
    file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    Call("irfft2", CallSite(file, line), norm).inverseReal(x, shape, axes)
  }

  /// The real transform of numbers of which half is given, as the other half mirrors it;
  /// `numpy.fft.hfft`.
  ///
  /// - Parameter n: how many real numbers result; twice one less than there are if `nil`.
  public static func hfft<A: ArrayExpression>(
    _ x: A, n: Int? = nil, axis: Int = -1, norm: Norm = .backward, file: StaticString = #fileID,
    line: UInt = #line
  ) -> A {
    Call("hfft", CallSite(file, line), norm.reversed)
      .inverseReal(x.conjugate(), n.map { [$0] }, [axis])
  }

  /// The inverse of ``hfft(_:n:axis:norm:file:line:)``; `numpy.fft.ihfft`.
  public static func ihfft<A: ArrayExpression>(
    _ x: A, n: Int? = nil, axis: Int = -1, norm: Norm = .backward, file: StaticString = #fileID,
    line: UInt = #line
  ) -> A {
    Call("ihfft", CallSite(file, line), norm.reversed).real(x, n.map { [$0] }, [axis]).conjugate()
  }
}

extension FFT.Norm {
  /// The norm under which the forward transform is scaled as the inverse is under this one.
  fileprivate var reversed: FFT.Norm {
    switch self {
    case .backward: .forward
    case .ortho: .ortho
    case .forward: .backward
    }
  }
}

extension FFT.Call {
  /// The half spectrum along the last of some axes, then spectra along the others.
  func real<A: ArrayExpression>(_ x: A, _ shape: [Int]?, _ axes: [Int]?) -> A {
    guard x.dtype.kind != .complex else {
      fail("\(name): needs real numbers; take .real, or fft: \(x.type)", at: site)
    }
    let axes = self.axes(axes, shape, x)
    guard let last = axes.last else { fail("\(name): needs an axis: \(x.type)", at: site) }
    let wide: DType = x.dtype == .float64 ? .float64 : .float32
    var result = resized(x.cast(to: wide), shape, axes)
    let scale = norm.scale(result.shape[last], isInverse: false)
    result = .apply(RealFourierTransform(axis: last, scale: scale), result, at: site)
    for axis in axes.dropLast().reversed() { result = complex(result, axis, isInverse: false) }
    return result
  }

  /// Inverse transforms along some axes, along the last of them of half a spectrum.
  func inverseReal<A: ArrayExpression>(_ x: A, _ shape: [Int]?, _ axes: [Int]?) -> A {
    let axes = self.axes(axes, shape, x)
    guard let last = axes.last else { fail("\(name): needs an axis: \(x.type)", at: site) }
    let count = shape?.last ?? 2 * (x.shape[last] - 1)
    guard count > 0 else {
      fail("\(name): needs one or more results, not \(count): \(x.type)", at: site)
    }
    var lengths = shape
    lengths?[axes.count - 1] = count / 2 + 1
    var result = resized(x.cast(to: x.dtype.complex), lengths, axes)
    for axis in axes.dropLast() { result = complex(result, axis, isInverse: true) }
    let scale = norm.scale(count, isInverse: true)
    return .apply(
      InverseRealFourierTransform(axis: last, count: count, scale: scale), result, at: site)
  }
}
