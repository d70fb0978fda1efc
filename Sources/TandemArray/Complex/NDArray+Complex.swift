// Complex arrays from Swift numbers, and back.

extension NDArray {
  /// An array of complex numbers of one axis.
  ///
  /// - Parameter dtype: complex128 if `nil`, as the parts are `Double`s, or complex64.
  @_disfavoredOverload
  public init(
    _ values: [Complex], dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(values, shape: Shape([values.count]), dtype: dtype, file: file, line: line)
  }

  /// An array of `shape` from complex numbers in row-major order.
  ///
  /// - Parameters:
  ///   - values: as many as the shape has elements.
  ///   - dtype: complex128 if `nil`, or complex64.
  public init(
    _ values: [Complex], shape: Shape, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let site = CallSite(file, line)
    let dtype = NDArray.complexDType(dtype ?? .complex128, at: site)
    guard !shape.hasTooManyElements, values.count == shape.elementCount else {
      fail("array: \(values.count) numbers do not fill the shape \(shape)", at: site)
    }
    self = NDArray.filled(shape, dtype) { base in
      for (index, value) in values.enumerated() {
        ElementCodec.store(value, as: dtype, at: base + index * dtype.byteCount)
      }
    }
  }

  /// A zero-dimensional array of one complex number: complex64, as one float is float32, unless a
  /// dtype is given.
  public init(
    _ value: Complex, dtype: DType = .complex64, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init([value], shape: Shape(), dtype: dtype, file: file, line: line)
  }

  /// The square root of −1, zero-dimensional and complex64: beside other arrays it widens none, as
  /// `numpy`'s `1j`.
  public static var imaginaryUnit: NDArray { NDArray(Complex.i) }

  /// All elements in row-major order as complex numbers, real ones without an imaginary part; waits
  /// for them.
  public func scalars(
    as type: Complex.Type, file: StaticString = #fileID, line: UInt = #line
  ) -> [Complex] {
    let site = CallSite(file, line)
    if let number { return [Complex(number.double)] }
    let dense = rowMajor("scalars", site)
    do {
      return try dense.load("scalars", site) { base in
        (0..<count).map { ElementCodec.loadComplex(dtype, at: base + $0 * dtype.byteCount) }
      }
    } catch {
      fail("\(error)", at: site)
    }
  }

  /// The one element of an array of one element as a complex number; waits for it.
  public func item(
    as type: Complex.Type, file: StaticString = #fileID, line: UInt = #line
  ) -> Complex {
    guard count == 1 else {
      fail("item: needs one element: \(self.type)", at: CallSite(file, line))
    }
    return scalars(as: type, file: file, line: line)[0]
  }

  private static func complexDType(_ dtype: DType, at site: CallSite) -> DType {
    guard dtype.kind == .complex else {
      fail("array: complex numbers do not fit the dtype \(dtype)", at: site)
    }
    return dtype
  }
}
