import TandemShapes

/// Single elements in memory, for arrays that tests make and read.
enum Element {
  static func store(_ value: ScalarValue, as dtype: DType, at pointer: UnsafeMutableRawPointer) {
    switch dtype {
    case .bool: pointer.storeBytes(of: value.double != 0 ? 1 : 0, as: UInt8.self)
    case .int8, .uint8: pointer.storeBytes(of: UInt8(truncatingIfNeeded: value.int), as: UInt8.self)
    case .int16, .uint16:
      pointer.storeBytes(of: UInt16(truncatingIfNeeded: value.int), as: UInt16.self)
    case .int32, .uint32:
      pointer.storeBytes(of: UInt32(truncatingIfNeeded: value.int), as: UInt32.self)
    case .int64, .uint64: pointer.storeBytes(of: value.int, as: Int.self)
    case .float16: pointer.storeBytes(of: Float16(value.double), as: Float16.self)
    case .bfloat16:
      // Tests hand over numbers that bfloat16 holds.
      pointer.storeBytes(
        of: UInt16(Float(value.double).bitPattern >> 16), as: UInt16.self)
    case .float32: pointer.storeBytes(of: Float(value.double), as: Float.self)
    case .float64: pointer.storeBytes(of: value.double, as: Double.self)
    case .complex64, .complex128: fail("element: no complex numbers in tests", at: .unknown)
    }
  }

  static func load(_ dtype: DType, at pointer: UnsafeMutableRawPointer) -> ScalarValue {
    switch dtype {
    case .bool: ScalarValue(Int(pointer.load(as: UInt8.self)), .int64)
    case .int8: ScalarValue(Int(pointer.load(as: Int8.self)), dtype)
    case .uint8: ScalarValue(Int(pointer.load(as: UInt8.self)), dtype)
    case .int16: ScalarValue(Int(pointer.load(as: Int16.self)), dtype)
    case .uint16: ScalarValue(Int(pointer.load(as: UInt16.self)), dtype)
    case .int32: ScalarValue(Int(pointer.load(as: Int32.self)), dtype)
    case .uint32: ScalarValue(Int(pointer.load(as: UInt32.self)), dtype)
    case .int64, .uint64: ScalarValue(pointer.load(as: Int.self), dtype)
    case .float16: ScalarValue(Double(pointer.load(as: Float16.self)), dtype)
    case .bfloat16:
      ScalarValue(Double(Float(bitPattern: UInt32(pointer.load(as: UInt16.self)) << 16)), dtype)
    case .float32: ScalarValue(Double(pointer.load(as: Float.self)), dtype)
    case .float64: ScalarValue(pointer.load(as: Double.self), dtype)
    case .complex64, .complex128: fail("element: no complex numbers in tests", at: .unknown)
    }
  }
}
