import TandemKernels
import TandemShapes
import TandemThreads

/// How the elements of a test's array lie in memory.
enum Arrangement: CaseIterable {
  /// Row-major, gapless.
  case dense
  /// Column-major, every second element of memory.
  case transposedWithGaps
  /// Row-major, every axis backwards.
  case backwards

  func layout(_ shape: Shape) -> Layout {
    switch self {
    case .dense: return Layout(shape)
    case .transposedWithGaps:
      let dense = Layout.dense(shape, order: Array((0..<shape.rank).reversed()))
      return Layout(shape, strides: dense.stridesArray.map { 2 * $0 }, offset: 1)
    case .backwards:
      let dense = Layout(shape)
      return Layout(
        shape, strides: dense.stridesArray.map { -$0 }, offset: max(shape.elementCount, 1) - 1)
    }
  }
}

/// Memory of a test with a layout over it; numbers go in and out in row-major order.
final class SampleArray {
  let operand: Operand
  private let byteCount: Int

  /// An array whose memory, gaps too, starts as 0xA5 bytes.
  init(_ shape: Shape, _ dtype: DType, _ arrangement: Arrangement = .dense) {
    byteCount = (2 * shape.elementCount + 2) * dtype.byteCount
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: byteCount)
    operand = Operand(memory, arrangement.layout(shape), dtype)
  }

  convenience init(
    _ values: [Double], _ shape: Shape, _ dtype: DType, _ arrangement: Arrangement = .dense
  ) {
    self.init(shape, dtype, arrangement)
    for (place, value) in zip(places, values) { SampleArray.store(value, dtype, place) }
  }

  deinit { operand.base.deallocate() }

  /// Everything in memory, gaps too.
  var bytes: [UInt8] {
    Array(UnsafeRawBufferPointer(start: operand.base, count: byteCount))
  }

  var values: [Double] { places.map { SampleArray.load(operand.dtype, $0) } }

  private var places: [UnsafeMutableRawPointer] {
    let layout = operand.layout
    return (0..<layout.shape.elementCount).map { number in
      var (rest, offset) = (number, layout.offset)
      for axis in (0..<layout.rank).reversed() {
        offset += rest % layout.shape[axis] * layout.stride(axis)
        rest /= layout.shape[axis]
      }
      return operand.base + offset * operand.dtype.byteCount
    }
  }

  private static func store(_ value: Double, _ dtype: DType, _ place: UnsafeMutableRawPointer) {
    switch dtype {
    case .bool, .uint8: place.storeBytes(of: UInt8(value), as: UInt8.self)
    case .int8: place.storeBytes(of: Int8(value), as: Int8.self)
    case .int16: place.storeBytes(of: Int16(value), as: Int16.self)
    case .uint16: place.storeBytes(of: UInt16(value), as: UInt16.self)
    case .int32: place.storeBytes(of: Int32(value), as: Int32.self)
    case .uint32: place.storeBytes(of: UInt32(value), as: UInt32.self)
    case .int64: place.storeBytes(of: Int64(value), as: Int64.self)
    case .uint64: place.storeBytes(of: UInt64(value), as: UInt64.self)
    case .float16: place.storeBytes(of: Float16(value), as: Float16.self)
    case .bfloat16:
      let bits = Float(value).bitPattern
      let rounded = value.isNaN ? 0x7FC0_0000 : bits + 0x7FFF + (bits >> 16 & 1)
      place.storeBytes(of: UInt16(rounded >> 16), as: UInt16.self)
    case .float32, .complex64: place.storeBytes(of: Float(value), as: Float.self)
    case .float64, .complex128: place.storeBytes(of: value, as: Double.self)
    }
  }

  private static func load(_ dtype: DType, _ place: UnsafeRawPointer) -> Double {
    switch dtype {
    case .bool, .uint8: Double(place.load(as: UInt8.self))
    case .int8: Double(place.load(as: Int8.self))
    case .int16: Double(place.load(as: Int16.self))
    case .uint16: Double(place.load(as: UInt16.self))
    case .int32: Double(place.load(as: Int32.self))
    case .uint32: Double(place.load(as: UInt32.self))
    case .int64: Double(place.load(as: Int64.self))
    case .uint64: Double(place.load(as: UInt64.self))
    case .float16: Double(place.load(as: Float16.self))
    case .bfloat16: Double(Float(bitPattern: UInt32(place.load(as: UInt16.self)) << 16))
    case .float32, .complex64: Double(place.load(as: Float.self))
    case .float64, .complex128: place.load(as: Double.self)
    }
  }
}

/// Runs a primitive on arrays, which stay alive for that.
func run(
  _ primitive: some Primitive, _ operands: [SampleArray], scalars: [ScalarValue] = [],
  in context: ParallelContext = .serial
) throws(KernelFailure) {
  try primitive.run(operands.map(\.operand), scalars: scalars, in: context)
  withExtendedLifetime(operands) {}
}

/// The words of the failure that a primitive throws, or `nil`.
func failure(
  of primitive: some Primitive, _ operands: [SampleArray], scalars: [ScalarValue] = [],
  in context: ParallelContext = .serial
) -> String? {
  do throws(KernelFailure) {
    try run(primitive, operands, scalars: scalars, in: context)
    return nil
  } catch {
    return error.message
  }
}

extension Double {
  /// Equality that takes all NaN for one and tells the zeros apart by nothing.
  func matches(_ other: Double) -> Bool { self == other || isNaN && other.isNaN }
}
