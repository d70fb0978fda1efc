/// Discrete Fourier transforms, as `numpy.fft` has them.
///
/// Works on arrays and on symbols; gradients flow through all of it. float64 gives complex128, all
/// other real dtypes complex64.
public enum FFT {
  /// Which of the two directions divides, so that one undoes the other.
  public enum Norm: String, Sendable, CaseIterable {
    /// The inverse divides by the count.
    case backward
    /// Both divide by the square root of the count.
    case ortho
    /// The forward transform divides by the count.
    case forward

    /// What sums of `count` numbers are multiplied by.
    func scale(_ count: Int, isInverse: Bool) -> Double {
      switch self {
      case .backward: isInverse ? 1 / Double(count) : 1
      case .ortho: 1 / Double(count).squareRoot()
      case .forward: isInverse ? 1 : 1 / Double(count)
      }
    }
  }

  /// The transform along one axis, `Σⱼ x[j] exp(−2πi j k / n)`; `numpy.fft.fft`.
  ///
  /// - Parameters:
  ///   - n: the length that is transformed: the axis is cut, or filled up with zeros; as it is if
  ///     `nil`.
  ///   - norm: which direction divides.
  public static func fft<A: ArrayExpression>(
    _ x: A, n: Int? = nil, axis: Int = -1, norm: Norm = .backward, file: StaticString = #fileID,
    line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    return Call("fft", site, norm).complex(x, n.map { [$0] }, [axis], isInverse: false)
  }

  /// The inverse of ``fft(_:n:axis:norm:file:line:)``; `numpy.fft.ifft`.
  public static func ifft<A: ArrayExpression>(
    _ x: A, n: Int? = nil, axis: Int = -1, norm: Norm = .backward, file: StaticString = #fileID,
    line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    return Call("ifft", site, norm).complex(x, n.map { [$0] }, [axis], isInverse: true)
  }

  /// The transform along several axes, all if `nil`; `numpy.fft.fftn`.
  ///
  /// - Parameters:
  ///   - shape: the lengths that are transformed, one for each axis; the last axes if there are no
  ///     `axes`.
  public static func fftn<A: ArrayExpression>(
    _ x: A, shape: [Int]? = nil, axes: [Int]? = nil, norm: Norm = .backward,
    file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    Call("fftn", CallSite(file, line), norm).complex(x, shape, axes, isInverse: false)
  }

  /// The inverse of ``fftn(_:shape:axes:norm:file:line:)``; `numpy.fft.ifftn`.
  public static func ifftn<A: ArrayExpression>(
    _ x: A, shape: [Int]? = nil, axes: [Int]? = nil, norm: Norm = .backward,
    file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    Call("ifftn", CallSite(file, line), norm).complex(x, shape, axes, isInverse: true)
  }

  /// The transform along two axes; `numpy.fft.fft2`.
  public static func fft2<A: ArrayExpression>(
    _ x: A, shape: [Int]? = nil, axes: [Int] = [-2, -1], norm: Norm = .backward,
    file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    Call("fft2", CallSite(file, line), norm).complex(x, shape, axes, isInverse: false)
  }

  /// The inverse of ``fft2(_:shape:axes:norm:file:line:)``; `numpy.fft.ifft2`.
  public static func ifft2<A: ArrayExpression>(
    _ x: A, shape: [Int]? = nil, axes: [Int] = [-2, -1], norm: Norm = .backward,
    file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    Call("ifft2", CallSite(file, line), norm).complex(x, shape, axes, isInverse: true)
  }
}

extension FFT {
  /// What the functions have in common: a name for messages, the caller and the norm.
  struct Call {
    let name: String
    let site: CallSite
    let norm: Norm

    init(_ name: String, _ site: CallSite, _ norm: Norm) {
      (self.name, self.site, self.norm) = (name, site, norm)
    }

    /// Transforms of complex numbers along some axes, the last one first.
    func complex<A: ArrayExpression>(
      _ x: A, _ shape: [Int]?, _ axes: [Int]?, isInverse: Bool
    ) -> A {
      let axes = self.axes(axes, shape, x)
      var result = resized(x.cast(to: x.dtype.complex), shape, axes)
      for axis in axes.reversed() { result = complex(result, axis, isInverse: isInverse) }
      return result
    }

    /// The transform of complex numbers along one axis.
    func complex<A: ArrayExpression>(_ x: A, _ axis: Int, isInverse: Bool) -> A {
      let scale = norm.scale(x.shape[axis], isInverse: isInverse)
      return .apply(
        FourierTransform(axis: axis, isInverse: isInverse, scale: scale), x, at: site)
    }

    /// The axes from the front, in the order in which they were given.
    func axes<A: ArrayExpression>(_ axes: [Int]?, _ shape: [Int]?, _ x: A) -> [Int] {
      let first = Swift.max(0, x.rank - (shape?.count ?? x.rank))
      let all = (axes ?? Array(first..<x.rank)).map { x.axis($0, of: name, at: site) }
      if let shape, shape.count != all.count {
        fail("\(name): \(shape.count) lengths for \(all.count) axes: \(x.type)", at: site)
      }
      for (position, axis) in all.enumerated() where all[..<position].contains(axis) {
        fail("\(name): axis \(axis) is given twice: \(x.type)", at: site)
      }
      return all
    }

    /// The array cut or filled up with zeros to some lengths.
    func resized<A: ArrayExpression>(_ x: A, _ shape: [Int]?, _ axes: [Int]) -> A {
      guard let shape else { return x }
      var result = x
      for (axis, length) in zip(axes, shape) { result = resized(result, axis, length) }
      return result
    }

    /// The array cut or filled up with zeros along one axis.
    func resized<A: ArrayExpression>(_ x: A, _ axis: Int, _ length: Int) -> A {
      guard length > 0 else {
        fail("\(name): needs one or more elements, not \(length): \(x.type)", at: site)
      }
      let missing = length - x.shape[axis]
      if missing == 0 { return x }
      if missing < 0 { return x.sliced(axis: axis, to: length) }
      let widths = (0..<x.rank).map { (before: 0, after: $0 == axis ? missing : 0) }
      return x.padded(widths)
    }
  }
}
