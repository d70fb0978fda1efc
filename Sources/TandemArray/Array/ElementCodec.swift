/// Single elements between memory and Swift numbers: the only place that knows every dtype's bits
/// on the host side. Kernels have their own, vectorised.
enum ElementCodec {
  /// Writes a number as an element of its dtype.
  static func store(_ value: ScalarValue, at pointer: UnsafeMutableRawPointer) {
    switch value.dtype {
    case .bool: pointer.storeBytes(of: value.bits != 0 ? 1 : 0, as: UInt8.self)
    case .int8, .uint8:
      pointer.storeBytes(of: UInt8(truncatingIfNeeded: value.bits), as: UInt8.self)
    case .int16, .uint16:
      pointer.storeBytes(of: UInt16(truncatingIfNeeded: value.bits), as: UInt16.self)
    case .int32, .uint32:
      pointer.storeBytes(of: UInt32(truncatingIfNeeded: value.bits), as: UInt32.self)
    case .int64, .uint64: pointer.storeBytes(of: value.bits, as: UInt64.self)
    case .float16: pointer.storeBytes(of: Float16(value.double).bitPattern, as: UInt16.self)
    case .bfloat16: pointer.storeBytes(of: bfloat16(value.double), as: UInt16.self)
    case .float32: pointer.storeBytes(of: Float(value.double), as: Float.self)
    case .float64: pointer.storeBytes(of: value.double, as: Double.self)
    case .complex64: pointer.storeBytes(of: (Float(value.double), 0), as: (Float, Float).self)
    case .complex128: pointer.storeBytes(of: (value.double, 0), as: (Double, Double).self)
    }
  }

  /// Reads an element; of a complex one the real part.
  static func load(_ dtype: DType, at pointer: UnsafeRawPointer) -> ScalarValue {
    switch dtype {
    case .bool: ScalarValue(Int(pointer.load(as: UInt8.self)), .bool)
    case .int8: ScalarValue(Int(pointer.load(as: Int8.self)), dtype)
    case .uint8: ScalarValue(Int(pointer.load(as: UInt8.self)), dtype)
    case .int16: ScalarValue(Int(pointer.load(as: Int16.self)), dtype)
    case .uint16: ScalarValue(Int(pointer.load(as: UInt16.self)), dtype)
    case .int32: ScalarValue(Int(pointer.load(as: Int32.self)), dtype)
    case .uint32: ScalarValue(Int(pointer.load(as: UInt32.self)), dtype)
    case .int64, .uint64: ScalarValue(pointer.load(as: Int.self), dtype)
    case .float16:
      ScalarValue(Double(Float16(bitPattern: pointer.load(as: UInt16.self))), dtype)
    case .bfloat16:
      ScalarValue(
        Double(Float(bitPattern: UInt32(pointer.load(as: UInt16.self)) << 16)), dtype)
    case .float32, .complex64: ScalarValue(Double(pointer.load(as: Float.self)), dtype)
    case .float64, .complex128: ScalarValue(pointer.load(as: Double.self), dtype)
    }
  }

  /// Writes a complex element.
  static func store(_ value: Complex, as dtype: DType, at pointer: UnsafeMutableRawPointer) {
    store(ScalarValue(value.real, dtype.part), at: pointer)
    store(ScalarValue(value.imaginary, dtype.part), at: pointer + dtype.part.byteCount)
  }

  /// Reads an element of any dtype as a complex number.
  static func loadComplex(_ dtype: DType, at pointer: UnsafeRawPointer) -> Complex {
    let real = load(dtype.part, at: pointer).double
    guard dtype.kind == .complex else { return Complex(real) }
    return Complex(real, load(dtype.part, at: pointer + dtype.part.byteCount).double)
  }

  /// The nearest bfloat16, ties to even; NaN stays NaN.
  private static func bfloat16(_ value: Double) -> UInt16 {
    let bits = Float(value).bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }
}
