// Polynomials as vectors of their coefficients, the highest power first.

extension NDArray {
  /// The value of a polynomial at each element; `numpy.polyval(coefficients, self)`.
  ///
  /// - Parameter coefficients: a vector, the highest power first.
  public func polynomialValue(
    _ coefficients: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    coefficients.requirePolynomial("polynomialValue", site)
    let common = dtype.promoted(with: coefficients.dtype)
    let (x, c) = (cast(to: common), coefficients.cast(to: common))
    let start = x * 0
    return c.unstacked(file: file, line: line).reduce(start) { $0 * x + $1 }
  }

  /// The sum of two polynomials; `numpy.polyadd`.
  public func polynomialAdding(
    _ other: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let (a, b) = alignedPolynomials("polynomialAdding", other, CallSite(file, line))
    return a + b
  }

  /// The difference of two polynomials; `numpy.polysub`.
  public func polynomialSubtracting(
    _ other: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let (a, b) = alignedPolynomials("polynomialSubtracting", other, CallSite(file, line))
    return a - b
  }

  /// The product of two polynomials; `numpy.polymul`.
  public func polynomialMultiplying(
    _ other: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    requirePolynomial("polynomialMultiplying", site)
    other.requirePolynomial("polynomialMultiplying", site)
    return convolve(other, file: file, line: line)
  }

  /// Quotient and remainder of two polynomials; `numpy.polydiv`.
  ///
  /// - Parameter divisor: its first coefficient is not zero; the remainder has one coefficient
  ///   less, zeros in front included (NumPy takes those away, which depends on the values).
  public func polynomialDividing(
    by divisor: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> (quotient: NDArray, remainder: NDArray) {
    let site = CallSite(file, line)
    requirePolynomial("polynomialDividing", site)
    divisor.requirePolynomial("polynomialDividing", site)
    let common = dtype.promoted(with: divisor.dtype).floating
    let (u, v) = (cast(to: common), divisor.cast(to: common))
    let steps = count - divisor.count + 1
    if steps <= 0 { return (u.sliced(axis: 0, to: 1) * 0, u) }
    let scale = v[..<1].reciprocal()
    var (rest, quotient) = (u, [NDArray]())
    for step in 0..<steps {
      let factor = rest.sliced(axis: 0, to: 1) * scale
      quotient.append(factor)
      let head = rest.sliced(axis: 0, from: 1, to: v.count) - factor * v.sliced(axis: 0, from: 1)
      rest = .concatenated([head, rest.sliced(axis: 0, from: v.count)])
      if step == steps - 1, rest.count == 0 { rest = u.sliced(axis: 0, to: 1) * 0 }
    }
    return (.concatenated(quotient, file: file, line: line), rest)
  }

  /// The derivative of a polynomial; `numpy.polyder`.
  public func polynomialDerivative(
    order: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    requirePolynomial("polynomialDerivative", site)
    guard order >= 0 else { fail("polynomialDerivative: a negative order: \(order)", at: site) }
    return (0..<order).reduce(self) { p, _ in
      let last = p.count - 1
      if last <= 0 { return p.sliced(axis: 0, to: 0) }
      let powers = withOwnDevice { NDArray.arange(last, 0, step: -1, dtype: dtype) }
      return p.sliced(axis: 0, to: last) * powers
    }
  }

  /// An antiderivative of a polynomial; `numpy.polyint`.
  ///
  /// - Parameter constants: of integration, one for each order, the first for the first; zeros if
  ///   there are fewer.
  public func polynomialIntegral(
    order: Int = 1, constants: [Double] = [], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    requirePolynomial("polynomialIntegral", site)
    guard order >= 0 else { fail("polynomialIntegral: a negative order: \(order)", at: site) }
    return (0..<order).reduce(cast(to: dtype.floating)) { p, step in
      let constant = step < constants.count ? constants[step] : 0
      let (powers, last) = withOwnDevice {
        (
          NDArray.arange(p.count, 0, step: -1, dtype: p.dtype),
          NDArray.full([1], constant, dtype: p.dtype)
        )
      }
      return .concatenated([p / powers, last], file: file, line: line)
    }
  }

  /// The coefficients of the polynomial with these roots, the first of them 1; `numpy.poly` of a
  /// vector.
  public func polynomialFromRoots(
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    if rank != 1 {
      fail("polynomialFromRoots: needs a vector: \(type)", at: CallSite(file, line))
    }
    let x = cast(to: dtype.floating)
    let one = withOwnDevice { NDArray.ones([1], dtype: x.dtype) }
    return x.unstacked(file: file, line: line).reduce(one) { p, root in
      .concatenated([p, one * 0]) - .concatenated([one * 0, p * root])
    }
  }

  /// The powers of each element as a row, the highest first: `[n]` gives `[n, columns]`;
  /// `numpy.vander`.
  public func vandermonde(
    columns: Int? = nil, increasing: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let columns = columns ?? count
    guard rank == 1, columns >= 0 else {
      fail("vandermonde: needs a vector, and no negative number of columns: \(type)", at: site)
    }
    let wide = dtype == .bool ? cast(to: .int64) : self
    var power = NDArray.ones(like: wide)
    var powers: [NDArray] = []
    for column in 0..<columns {
      powers.append(power)
      if column < columns - 1 { power = power * wide }
    }
    if powers.isEmpty { return wide.reshaped(Shape([count, 1])).sliced(axis: 1, to: 0) }
    return .stacked(increasing ? powers : powers.reversed(), axis: 1, file: file, line: line)
  }

  /// The polynomial of a degree that comes nearest to points, by least squares; `numpy.polyfit`.
  ///
  /// - Parameters:
  ///   - ys: the heights of the points whose places this vector holds.
  ///   - degree: of the polynomial; less than there are points.
  public func polynomialFit(
    _ ys: NDArray, degree: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard rank == 1, ys.shape == shape, degree >= 0, degree < count else {
      fail(
        "polynomialFit: needs more points than the degree \(degree): \(type), \(ys.type)", at: site)
    }
    let common = dtype.promoted(with: ys.dtype).floating.accumulating
    let powers = cast(to: common).vandermonde(columns: degree + 1)
    // Columns of one length keep the triangle away from being singular.
    let lengths = powers.detached().norm(axis: 0, keepDims: true)
    let (q, r) = Linalg.qr(powers / lengths)
    let right = q.matrixTransposed().matmul(ys.cast(to: common).reshaped(Shape([count, 1])))
    let scaled = Linalg.solveTriangular(r, right, lower: false, file: file, line: line)
    return scaled.reshaped([degree + 1]) / lengths.reshaped([degree + 1])
  }

  private func requirePolynomial(_ name: String, _ site: CallSite) {
    guard rank == 1, count > 0 else {
      fail("\(name): needs a vector of coefficients: \(type)", at: site)
    }
  }

  /// Two polynomials with zeros in front of the shorter one.
  private func alignedPolynomials(
    _ name: String, _ other: NDArray, _ site: CallSite
  ) -> (NDArray, NDArray) {
    requirePolynomial(name, site)
    other.requirePolynomial(name, site)
    let length = Swift.max(count, other.count)
    return (
      padded([(length - count, 0)]), other.padded([(length - other.count, 0)])
    )
  }
}
