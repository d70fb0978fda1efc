import TandemKernels
import TandemShapes
import TestSupport
import Testing

/// An array in memory of its own, for running kernels without an engine.
final class HostArray {
  let memory: UnsafeMutableRawPointer
  let byteCount: Int
  let layout: Layout
  let dtype: DType

  init(byteCount: Int, layout: Layout, dtype: DType, filling byte: UInt8 = 0xFF) {
    (self.byteCount, self.layout, self.dtype) = (byteCount, layout, dtype)
    memory = .allocate(byteCount: byteCount + HostArray.guardBytes, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: byte, count: byteCount)
    (memory + byteCount).initializeMemory(
      as: UInt8.self, repeating: HostArray.guardByte, count: HostArray.guardBytes)
  }

  /// What lies behind the elements, and must still lie there at the end.
  private static let (guardBytes, guardByte) = (256, 0x5A as UInt8)

  convenience init(_ layout: Layout, _ dtype: DType) {
    let last = (layout.bounds?.upperBound ?? -1) + 1
    self.init(byteCount: last * dtype.byteCount, layout: layout, dtype: dtype)
  }

  deinit {
    let end = UnsafeRawBufferPointer(start: memory + byteCount, count: HostArray.guardBytes)
    if end.contains(where: { $0 != HostArray.guardByte }) {
      Issue.record("something was written behind \(type)")
    }
    memory.deallocate()
  }

  var type: TensorType { TensorType(layout.shape, dtype) }

  /// The bytes of all elements in row-major order.
  func bytes(under layout: Layout? = nil) -> [UInt8] {
    let layout = layout ?? self.layout
    let size = dtype.byteCount
    var result = [UInt8](repeating: 0, count: layout.shape.elementCount * size)
    result.withUnsafeMutableBytes { target in
      guard let start = target.baseAddress else { return }
      let dense = Operand(start, Layout(layout.shape), dtype)
      Copy.copy(Operand(memory, layout, dtype), to: dense, in: .serial)
    }
    return result
  }

  /// A copy of memory and layout.
  func copied() -> HostArray {
    let copy = HostArray(byteCount: byteCount, layout: layout, dtype: dtype)
    copy.memory.copyMemory(from: memory, byteCount: byteCount)
    return copy
  }

  /// Random elements: small numbers, a few special ones among floats.
  func fill(_ random: inout SplitMix) {
    let count = byteCount / dtype.byteCount
    for index in 0..<count {
      let at = memory + index * dtype.byteCount
      let value = sample(&random)
      switch dtype {
      case .bool: at.storeBytes(of: UInt8(random.below(2)), as: UInt8.self)
      case .int8: at.storeBytes(of: Int8(clamping: Int(value * 3)), as: Int8.self)
      case .uint8: at.storeBytes(of: UInt8(clamping: Int(value * 3)), as: UInt8.self)
      case .int16: at.storeBytes(of: Int16(clamping: Int(value * 3)), as: Int16.self)
      case .uint16: at.storeBytes(of: UInt16(clamping: Int(value * 3)), as: UInt16.self)
      case .int32: at.storeBytes(of: Int32(clamping: Int(value * 3)), as: Int32.self)
      case .uint32: at.storeBytes(of: UInt32(clamping: Int(value * 3)), as: UInt32.self)
      case .int64: at.storeBytes(of: Int(value * 3), as: Int.self)
      case .uint64: at.storeBytes(of: UInt(clamping: Int(value * 3)), as: UInt.self)
      case .float16: at.storeBytes(of: Float16(value), as: Float16.self)
      case .bfloat16:
        at.storeBytes(of: UInt16(Float(value).bitPattern >> 16), as: UInt16.self)
      case .float32: at.storeBytes(of: Float(value), as: Float.self)
      default: at.storeBytes(of: value, as: Double.self)
      }
    }
  }

  private func sample(_ random: inout SplitMix) -> Double {
    switch random.below(40) {
    case 0: 0
    case 1: -0.0
    case 2: 1
    default: random.uniform() * 4
    }
  }
}
