import TandemShapes
import TandemThreads

@testable import TandemKernels

/// Storage of some elements of a dtype, and what the tests do with it.
final class LoopBuffer {
  let bytes: UnsafeMutableRawBufferPointer
  let dtype: DType

  init(_ dtype: DType, count: Int) {
    self.dtype = dtype
    bytes = .allocate(byteCount: max(1, count) * dtype.byteCount, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0xA5)
  }

  deinit { bytes.deallocate() }

  var base: UnsafeMutableRawPointer { bytes.baseAddress! }

  /// The bits of element `index`, in the low bits.
  subscript(index: Int) -> UInt64 {
    get {
      switch dtype.byteCount {
      case 1: UInt64(base.load(fromByteOffset: index, as: UInt8.self))
      case 2: UInt64(base.load(fromByteOffset: index * 2, as: UInt16.self))
      case 4: UInt64(base.load(fromByteOffset: index * 4, as: UInt32.self))
      default: base.load(fromByteOffset: index * 8, as: UInt64.self)
      }
    }
    set {
      switch dtype.byteCount {
      case 1:
        base.storeBytes(
          of: UInt8(truncatingIfNeeded: newValue), toByteOffset: index, as: UInt8.self)
      case 2:
        base.storeBytes(
          of: UInt16(truncatingIfNeeded: newValue), toByteOffset: index * 2, as: UInt16.self)
      case 4:
        base.storeBytes(
          of: UInt32(truncatingIfNeeded: newValue), toByteOffset: index * 4, as: UInt32.self)
      default: base.storeBytes(of: newValue, toByteOffset: index * 8, as: UInt64.self)
      }
    }
  }

  var allBits: [UInt64] { (0..<bytes.count / dtype.byteCount).map { self[$0] } }
}

/// Whether two elements are the same bits, any NaN equal to any other.
func sameElement(_ a: UInt64, _ b: UInt64, _ dtype: DType) -> Bool {
  if a == b { return true }
  switch dtype {
  case .float32:
    return Float(bitPattern: UInt32(a)).isNaN && Float(bitPattern: UInt32(b)).isNaN
  case .float64: return Double(bitPattern: a).isNaN && Double(bitPattern: b).isNaN
  case .float16:
    return a & 0x7fff > 0x7c00 && b & 0x7fff > 0x7c00
  case .bfloat16: return a & 0x7fff > 0x7f80 && b & 0x7fff > 0x7f80
  default: return false
  }
}

extension LoopKernel {
  /// The kernels of all levels that this machine has.
  static func allLevels(_ program: LoopProgram) -> [LoopKernel] {
    Level.allCases.filter(\.isAvailable).map { LoopKernel(program.contents, level: $0) }
  }
}
