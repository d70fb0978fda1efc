import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// An array in memory of its own, with guard bytes around it.
final class TestMatrix {
  private static let guardBytes = 256
  let dtype: DType
  var layout: Layout
  private let owner: TestMatrix?
  private let memory: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Random elements. `transposed` exchanges the last two axes in memory.
  init(_ lengths: [Int], _ dtype: DType, transposed: Bool, random: inout SplitMix) {
    self.dtype = dtype
    var order = Array(lengths.indices)
    if transposed && lengths.count > 1 { order.swapAt(lengths.count - 1, lengths.count - 2) }
    layout = Layout.dense(Shape(lengths), order: order)
    owner = nil
    byteCount = layout.shape.elementCount * dtype.byteCount + 2 * TestMatrix.guardBytes
    memory = .allocate(byteCount: byteCount, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: byteCount)
    for place in 0..<layout.shape.elementCount {
      let value = random.uniform()
      let whole = (value * 100).rounded()
      write(dtype.isInteger ? (dtype.isSigned ? whole : abs(whole)) : value, at: place)
    }
  }

  private init(_ other: TestMatrix, _ layout: Layout) {
    (dtype, self.layout, owner, memory, byteCount) = (other.dtype, layout, other, other.memory, 0)
  }

  deinit { if owner == nil { memory.deallocate() } }

  func broadcast(to lengths: [Int]) -> TestMatrix {
    TestMatrix(self, layout.broadcast(to: Shape(lengths)))
  }

  func viewed(_ layout: Layout) -> TestMatrix { TestMatrix(self, layout) }

  var operand: Operand { Operand(memory + TestMatrix.guardBytes, layout, dtype) }

  /// Whether nothing was written before or after the elements.
  var isIntact: Bool {
    let bytes = UnsafeRawBufferPointer(start: memory, count: byteCount)
    return bytes.prefix(TestMatrix.guardBytes).allSatisfy { $0 == 0xA5 }
      && bytes.suffix(TestMatrix.guardBytes).allSatisfy { $0 == 0xA5 }
  }

  /// Where row-major element `index` lies, counted from the start of memory.
  private func place(_ index: Int) -> Int {
    var (rest, place) = (index, layout.offset)
    for axis in (0..<layout.rank).reversed() {
      place += rest % layout.shape[axis] * layout.stride(axis)
      rest /= layout.shape[axis]
    }
    return place
  }

  /// The elements in row-major order.
  var values: [Double] { (0..<layout.shape.elementCount).map { read(at: place($0)) } }

  /// Sets row-major element `index`.
  func set(_ index: Int, _ value: Double) { write(value, at: place(index)) }

  private func read(at place: Int) -> Double {
    let p = memory + TestMatrix.guardBytes + place * dtype.byteCount
    switch dtype {
    case .float64: return p.load(as: Double.self)
    case .int8: return Double(p.load(as: Int8.self))
    case .int16: return Double(p.load(as: Int16.self))
    case .int32: return Double(p.load(as: Int32.self))
    case .int64: return Double(p.load(as: Int64.self))
    case .uint8: return Double(p.load(as: UInt8.self))
    case .uint16: return Double(p.load(as: UInt16.self))
    case .uint32: return Double(p.load(as: UInt32.self))
    case .uint64: return Double(p.load(as: UInt64.self))
    case .float32: return Double(p.load(as: Float.self))
    default:
      var wide = Float(0)
      tandem_gemm_load(p, 1, 1, &wide, 1, 1, 1, Int32(dtype.rawValue))
      return Double(wide)
    }
  }

  private func write(_ value: Double, at place: Int) {
    let p = memory + TestMatrix.guardBytes + place * dtype.byteCount
    switch dtype {
    case .float64: p.storeBytes(of: value, as: Double.self)
    case .int8: p.storeBytes(of: Int8(value), as: Int8.self)
    case .int16: p.storeBytes(of: Int16(value), as: Int16.self)
    case .int32: p.storeBytes(of: Int32(value), as: Int32.self)
    case .int64: p.storeBytes(of: Int64(value), as: Int64.self)
    case .uint8: p.storeBytes(of: UInt8(value), as: UInt8.self)
    case .uint16: p.storeBytes(of: UInt16(value), as: UInt16.self)
    case .uint32: p.storeBytes(of: UInt32(value), as: UInt32.self)
    case .uint64: p.storeBytes(of: UInt64(value), as: UInt64.self)
    case .float32: p.storeBytes(of: Float(value), as: Float.self)
    default:
      var wide = Float(value)
      tandem_gemm_store(&wide, 1, p, 1, 1, 1, 1, Int32(dtype.rawValue))
    }
  }
}

/// The unit roundoff of a dtype; zero for integers.
func roundoff(_ dtype: DType) -> Double {
  switch dtype {
  case .float64: 0x1p-53
  case .float32: 0x1p-24
  case .float16: 0x1p-11
  case .bfloat16: 0x1p-8
  default: 0
  }
}

/// What an integer dtype keeps of a whole number: its low bits.
func wrapped(_ value: Double, _ dtype: DType) -> Double {
  let bits = Int64(value)
  switch dtype {
  case .int8: return Double(Int8(truncatingIfNeeded: bits))
  case .int16: return Double(Int16(truncatingIfNeeded: bits))
  case .int32: return Double(Int32(truncatingIfNeeded: bits))
  case .uint8: return Double(UInt8(truncatingIfNeeded: bits))
  case .uint16: return Double(UInt16(truncatingIfNeeded: bits))
  case .uint32: return Double(UInt32(truncatingIfNeeded: bits))
  default: return value
  }
}

/// The instruction sets of this processor.
func levels(_ dtype: DType) -> [Int32] {
  (0..<4).filter { tandem_gemm_kernels_for($0, Int32(dtype.rawValue)) != nil }
}

/// The row-major product in float64 by OpenBLAS.
func doubleProduct(_ a: [Double], _ b: [Double], _ m: Int, _ n: Int, _ k: Int) -> [Double] {
  var c = [Double](repeating: 0, count: m * n)
  if m * n * k == 0 { return c }
  tandem_gemm_openblas(
    a, Int64(k), 0, b, Int64(n), 0, &c, Int64(n), Int64(m), Int64(n), Int64(k), 12, 0)
  return c
}

/// Runs a product and compares every element with a sum in `Double`: the error may be
/// `(k + 3) u Σ|a||b|` for the sum and one rounding of the result.
func expectProduct(
  _ c: TestMatrix, _ a: TestMatrix, _ b: TestMatrix, bias: TestMatrix? = nil,
  _ primitive: MatrixProduct = MatrixProduct(), level: Int32,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let rank = c.layout.rank
  let (m, n, k) = (c.layout.shape[-2], c.layout.shape[-1], a.layout.shape[-1])
  let (old, left, right) = (c.values, a.values, b.values)
  let added = bias?.values
  var operands = [c.operand, a.operand, b.operand]
  if primitive.hasBias, let bias { operands.append(bias.operand) }
  primitive.run(operands, level: level, in: .serial)
  let new = c.values
  let arithmetic = roundoff(c.dtype == .float64 ? .float64 : .float32)
  var worst = 0.0
  for item in 0..<c.layout.shape.dropLast(2).elementCount {
    let x = Array(left[item * m * k..<(item + 1) * m * k])
    let y = Array(right[item * k * n..<(item + 1) * k * n])
    let sums = doubleProduct(x, y, m, n, k)
    let magnitudes = doubleProduct(x.map(abs), y.map(abs), m, n, k)
    for inner in 0..<m * n {
      let place = item * m * n + inner
      var (sum, magnitude) = (sums[inner], magnitudes[inner])
      if primitive.accumulates {
        (sum, magnitude) = (sum + old[place], magnitude + abs(old[place]))
      }
      if primitive.hasBias, let added { (sum, magnitude) = (sum + added[inner % n], magnitude + 2) }
      if c.dtype.isInteger { sum = wrapped(sum, c.dtype) }
      if primitive.rectifies { sum = max(sum, 0) }
      let final = c.dtype.byteCount == 2 ? roundoff(c.dtype) * abs(sum) + 0x1p-25 : 0
      let bound = c.dtype.isInteger ? 0 : Double(k + 4) * arithmetic * magnitude + final * 1.01
      let error = abs(new[place] - sum)
      if !(error <= bound) { worst = max(worst, error.isNaN ? .infinity : error / bound) }
    }
  }
  #expect(
    worst == 0, "\(c.layout.shape.array) k \(k) rank \(rank) level \(level): \(worst) bounds",
    sourceLocation: sourceLocation)
  #expect(c.isIntact, sourceLocation: sourceLocation)
}
