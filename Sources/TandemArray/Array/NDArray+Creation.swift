import TandemThreads

extension NDArray {
  /// An array whose bytes the caller writes before anyone else sees it.
  ///
  /// - Parameter fill: writes a dense row-major array of `shape` and `dtype`.
  package static func filled(
    _ shape: Shape, _ dtype: DType, _ fill: (UnsafeMutableRawPointer) -> Void
  ) -> NDArray {
    let storage = Storage(byteCount: shape.elementCount * dtype.byteCount, device: .current)
    fill(storage.materialized())
    return NDArray(ArrayHandle(storage, Layout(shape), dtype))
  }

  /// An array of `shape` from numbers in row-major order.
  ///
  /// - Parameters:
  ///   - values: as many as the shape has elements.
  ///   - dtype: the element type; that of the numbers if `nil`.
  public init<S: Scalar>(
    _ values: [S], shape: Shape, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    guard !shape.hasTooManyElements, values.count == shape.elementCount else {
      fail(
        "array: \(values.count) numbers do not fill the shape \(shape)", at: CallSite(file, line))
    }
    let dtype = dtype ?? S.dtype
    self = NDArray.filled(shape, dtype) { base in
      if dtype == S.dtype, dtype != .bool {
        values.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(start: base, count: $0.count).copyMemory(from: $0)
        }
        return
      }
      for (index, value) in values.enumerated() {
        ElementCodec.store(value.scalarValue(as: dtype), at: base + index * dtype.byteCount)
      }
    }
  }

  /// A zero-dimensional array of one number. Literals and `Double` become float32, as floats beside
  /// arrays are weak; other numbers keep their dtype (`Int` is int64).
  @_disfavoredOverload
  public init(_ value: some Scalar, dtype: DType? = nil) {
    let own = Swift.type(of: value).dtype
    let chosen = dtype ?? (own == .float64 ? .float32 : own)
    self.init(ArrayHandle(value.scalarValue(as: chosen)))
  }

  /// An array of one repeated number (`numpy.full`).
  public static func full(
    _ shape: Shape, _ value: some Scalar, dtype: DType = .float32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    .apply(
      Full(shape: shape), NDArray(ArrayHandle(value.scalarValue(as: dtype))),
      at: CallSite(file, line))
  }

  /// An array of zeros.
  public static func zeros(
    _ shape: Shape, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { full(shape, 0, dtype: dtype, file: file, line: line) }

  /// An array of ones.
  public static func ones(
    _ shape: Shape, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { full(shape, 1, dtype: dtype, file: file, line: line) }

  /// Zeros of the type of another array (`numpy.zeros_like`).
  public static func zeros(
    like other: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { full(like: other, 0, CallSite(file, line)) }

  /// Ones of the type of another array (`numpy.ones_like`).
  public static func ones(
    like other: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { full(like: other, 1, CallSite(file, line)) }

  /// One repeated number in the type of another array, on its device.
  static func full(like other: NDArray, _ number: Int, _ site: CallSite) -> NDArray {
    other.withOwnDevice {
      let number = NDArray(ArrayHandle(ScalarValue(number, other.dtype)))
      return .apply(Full(shape: other.shape), number, at: site)
    }
  }

  /// The integers from zero up to, without, `end`: int64 (`numpy.arange`).
  public static func arange(
    _ end: Int, dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { arange(0, end, dtype: dtype, file: file, line: line) }

  /// The integers from `start` up to, without, `end`, in steps.
  public static func arange(
    _ start: Int, _ end: Int, step: Int = 1, dtype: DType = .int64, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard step != 0 else { fail("arange: the step is zero", at: site) }
    // As words without sign, of which no difference overflows.
    let (isUp, pace) = (step > 0, step.magnitude)
    let isEmpty = isUp ? start >= end : start <= end
    let width = isEmpty ? 0 : isUp ? UInt(bitPattern: end &- start) : UInt(bitPattern: start &- end)
    let count = width / pace + (width % pace == 0 ? 0 : 1)
    let shape = createdShape("arange", [Int(clamping: count)], at: site)
    return filled(shape, dtype) { base in
      if dtype == .int64 {
        let numbers = base.bindMemory(to: Int.self, capacity: shape[0])
        for index in 0..<shape[0] { (numbers + index).initialize(to: start &+ index &* step) }
        return
      }
      for index in 0..<shape[0] {
        ElementCodec.store(
          ScalarValue(start &+ index &* step, dtype), at: base + index * dtype.byteCount)
      }
    }
  }

  /// The numbers from `start` up to, without, `end`, in steps, computed in float64. Rounding may
  /// add one at the end, as in `numpy.arange`; `linspace` knows its count.
  @_disfavoredOverload
  public static func arange(
    _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let count = ((end - start) / step).rounded(.up)
    guard count.isFinite, count < Double(Int32.max) else {
      fail("arange: no steps of \(step) lead from \(start) to \(end)", at: CallSite(file, line))
    }
    // NumPy adds multiples of the first difference as it has been rounded.
    let difference = start + step - start
    let values = (0..<Int(Swift.max(0, count))).map { start + Double($0) * difference }
    return NDArray(values, shape: [values.count], dtype: dtype)
  }

  /// `count` numbers evenly spaced from `start` to `end`, both included (`numpy.linspace`),
  /// computed in float64.
  public static func linspace(
    _ start: Double, _ end: Double, count: Int, dtype: DType = .float32,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard count >= 0 else {
      fail("linspace: a negative count: \(count)", at: CallSite(file, line))
    }
    let shape = createdShape("linspace", [count], at: CallSite(file, line))
    let step = count > 1 ? (end - start) / Double(count - 1) : 0
    return filled(shape, dtype) { base in
      for index in 0..<count {
        let value = count > 1 && index == count - 1 ? end : start + Double(index) * step
        ElementCodec.store(ScalarValue(value, dtype), at: base + index * dtype.byteCount)
      }
    }
  }

  /// The identity matrix, or a rectangle with ones on a diagonal (`numpy.eye`).
  ///
  /// - Parameter diagonal: positive above the main diagonal, negative below.
  public static func eye(
    _ rows: Int, columns: Int? = nil, diagonal: Int = 0, dtype: DType = .float32,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let columns = columns ?? rows
    guard rows >= 0, columns >= 0 else {
      fail("eye: a negative length: [\(rows), \(columns)]", at: CallSite(file, line))
    }
    let one = ScalarValue(1, dtype)
    let shape = createdShape("eye", [rows, columns], at: CallSite(file, line))
    return filled(shape, dtype) { base in
      base.initializeMemory(as: UInt8.self, repeating: 0, count: rows * columns * dtype.byteCount)
      let shift = Swift.min(Swift.max(diagonal, -rows), columns)
      let first = Swift.max(0, -shift)
      for row in first..<Swift.max(first, Swift.min(rows, columns - shift)) {
        ElementCodec.store(one, at: base + (row * columns + row + shift) * dtype.byteCount)
      }
    }
  }

  /// The shape of an array that is to be made; stops, in words, if there can be none such.
  static func createdShape(
    _ operation: String, _ lengths: [Int], at site: CallSite
  ) -> Shape {
    do throws(ShapeError) {
      return try Shape(checking: lengths)
    } catch {
      fail("\(operation): \(error.message)", at: site)
    }
  }

  /// An array that shows memory of the caller's without copying it; it is never written.
  ///
  /// - Parameters:
  ///   - memory: dense, row-major; must stay until `release` is called.
  ///   - release: called from any thread when nothing refers to the memory any more.
  public init(
    borrowing memory: UnsafeRawPointer, shape: Shape, dtype: DType,
    release: @escaping @Sendable () -> Void
  ) {
    let storage = Storage(
      borrowing: memory, byteCount: shape.elementCount * dtype.byteCount, release: release)
    self.init(ArrayHandle(storage, Layout(shape), dtype))
  }
}
