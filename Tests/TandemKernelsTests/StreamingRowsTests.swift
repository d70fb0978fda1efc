import Glibc
import TandemShapes
import TandemThreads
import Testing

@testable import TandemKernels

/// Rows that are written past the caches, because there are 32 MiB of them, have the bits of the
/// same rows done in two halves, which are not.
@Suite struct StreamingRowsTests {
  private static let shape: Shape = [8192, 1024]

  private final class Array32 {
    let start: UnsafeMutableRawPointer

    init(_ count: Int) { start = .allocate(byteCount: count * 4, alignment: 64) }

    deinit { start.deallocate() }

    func operand(_ shape: Shape, row: Int = 0) -> Operand {
      Operand(start + row * 4 * 1024, Layout(shape), .float32)
    }
  }

  private let x = Array32(8192 * 1024)

  init() {
    var bits: UInt32 = 1
    for index in 0..<8192 * 1024 {
      bits = bits &* 1_664_525 &+ 1_013_904_223
      x.start.storeBytes(
        of: Float(bits >> 8) * 0x1p-22 - 2, toByteOffset: index * 4, as: Float.self)
    }
  }

  private func isSame(_ a: Array32, _ b: Array32, count: Int) -> Bool {
    memcmp(a.start, b.start, count * 4) == 0
  }

  @Test(arguments: [SoftmaxRows.Kind.probabilities, .logarithms])
  func softmax(_ kind: SoftmaxRows.Kind) {
    let (whole, halves) = (Array32(8192 * 1024), Array32(8192 * 1024))
    #expect(whole.operand(Self.shape).streams(along: 1))
    #expect(!whole.operand([4096, 1024]).streams(along: 1))
    let team = WorkerTeam(threads: 3)
    defer { team.shutdown() }
    for level in LoopKernel.Level.allCases where level.isAvailable {
      let primitive = SoftmaxRows(kind, axis: 1)
      primitive.run(
        [whole.operand(Self.shape), x.operand(Self.shape)], level: level, in: team.context)
      for row in [0, 4096] {
        primitive.run(
          [halves.operand([4096, 1024], row: row), x.operand([4096, 1024], row: row)],
          level: level, in: .serial)
      }
      #expect(isSame(whole, halves, count: 8192 * 1024), "\(level)")
    }
  }

  /// Layer and RMS norm, with memory that begins with a cache line but not with two.
  @Test(arguments: [DType.float32, .float64], [true, false])
  func norms(dtype: DType, centers: Bool) throws {
    let (rows, length) = (dtype == .float64 ? 4096 : 8192, 1024)
    let (count, size) = (rows * length, dtype.byteCount)
    func memory(_ count: Int) -> UnsafeMutableRawPointer {
      .allocate(byteCount: count * size + 64, alignment: 128) + 64
    }
    let (x, whole, halves) = (memory(count), memory(count), memory(count))
    let (factors, statistics) = (memory(2 * length), memory(4 * rows))
    defer { for array in [x, whole, halves, factors, statistics] { (array - 64).deallocate() } }
    func fill(_ array: UnsafeMutableRawPointer, _ count: Int) {
      for index in 0..<count {
        let value = Float((index &* index &+ 31 &* index) % 2027) / 1013 - 0.75
        if dtype == .float64 {
          array.storeBytes(of: Double(value), toByteOffset: index * 8, as: Double.self)
        } else {
          array.storeBytes(of: value, toByteOffset: index * 4, as: Float.self)
        }
      }
    }
    fill(x, count)
    fill(factors, 2 * length)
    func operands(_ y: UnsafeMutableRawPointer, _ range: Range<Int>, _ first: Int) -> [Operand] {
      let shape: Shape = [range.count, length]
      func statistic(_ number: Int) -> Operand {
        Operand(
          statistics + ((first + number) * rows + range.lowerBound) * size, Layout([range.count]),
          dtype)
      }
      let skipped = range.lowerBound * length * size
      return [Operand(y + skipped, Layout(shape), dtype)] + (centers ? [statistic(0)] : [])
        + [statistic(1), Operand(x + skipped, Layout(shape), dtype)]
        + [Operand(factors, Layout([length]), dtype)]
        + (centers ? [Operand(factors + length * size, Layout([length]), dtype)] : [])
    }
    let primitive = NormalizeRows(epsilon: 1e-5, centers: centers)
    #expect(operands(whole, 0..<rows, 0)[0].streams(along: 1))
    let team = WorkerTeam(threads: 3)
    defer { team.shutdown() }
    func expectHalves(_ comment: Comment, _ context: ParallelContext) throws {
      memset(whole, 0, count * size)
      try primitive.run(operands(whole, 0..<rows, 0), scalars: [], in: context)
      for half in [0..<rows / 2, rows / 2..<rows] {
        let some = operands(halves, half, 2)
        #expect(!some[0].streams(along: 1))
        try primitive.run(some, scalars: [], in: .serial)
      }
      #expect(memcmp(whole, halves, count * size) == 0, comment)
      let first = (centers ? 0 : 1) * rows * size
      #expect(
        memcmp(statistics + first, statistics + 2 * rows * size + first, 2 * rows * size - first)
          == 0, comment)
    }
    try expectHalves("3 threads", team.context)
    for level in LoopKernel.Level.allCases where level.isAvailable {
      try withLevel(level.rawValue) { try expectHalves("\(level)", .serial) }
    }
  }

  /// One step over whole arrays; results that begin or end within a cache line, and numbers.
  @Test(arguments: [0, 4], [true, false])
  func steps(offset: Int, hasNumber: Bool) {
    let (count, half) = (8192 * 1024 + 4037, 4096 * 1024)
    let (whole, halves, y) = (Array32(count + 8), Array32(count + 8), Array32(count))
    for array in [whole, halves, y] { memset(array.start, 0x3F, count * 4) }
    memcpy(y.start, x.start, 8192 * 1024 * 4)
    let b = LoopBuilder()
    let value = b.input(.float32)
    b.output(hasNumber ? value * b.constant(1.25, .float32) : value * value, as: .float32)
    let kernel = b.build().kernel
    func run(_ result: Array32, _ range: Range<Int>, _ context: ParallelContext) {
      kernel.runContiguous(
        count: range.count,
        pointers: [result.start + offset + range.lowerBound * 4, y.start + range.lowerBound * 4],
        scalars: [], in: context)
    }
    let team = WorkerTeam(threads: 3)
    defer { team.shutdown() }
    run(whole, 0..<count, team.context)
    run(halves, 0..<half, .serial)
    run(halves, half..<count, .serial)
    #expect(isSame(whole, halves, count: count))
  }
}
