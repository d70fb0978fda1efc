import TandemArray
import Testing

/// What dtypes hold, against tables that NumPy 2.4 printed.
@Suite struct DTypeLimitTests {
  static let names =
    "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64 complex64 "
    + "complex128"

  private func check(_ table: String, _ rule: CastingRule) throws {
    let dtypes = try DTypeLimitTests.names.split(separator: " ").map {
      try #require(DType(named: $0))
    }
    let rows = table.split(separator: "\n")
    #expect(rows.count == dtypes.count)
    for (dtype, row) in zip(dtypes, rows) {
      let allowed = String(dtypes.map { dtype.canCast(to: $0, rule) ? "1" : "0" }.joined())
      #expect(allowed == row, "\(dtype)")
    }
  }

  @Test func castingRules() throws {
    try check(
      """
      11111111111111
      01010101011111
      00111111111111
      00010101001111
      00001111101111
      00000101000101
      00000011100101
      00000001000101
      00000000100101
      00000000011111
      00000000001111
      00000000000101
      00000000000011
      00000000000001
      """, .safe)
    try check(
      """
      11111111111111
      01010101011111
      01111111111111
      01010101011111
      01111111111111
      01010101011111
      01111111111111
      01010101011111
      01111111111111
      00000000011111
      00000000011111
      00000000011111
      00000000000011
      00000000000011
      """, .sameKind)
    #expect(DType.float64.canCast(to: .int8, .unsafe) && !DType.int8.canCast(to: .int16, .no))
    #expect(DType.bfloat16.canCast(to: .float32) && !DType.bfloat16.canCast(to: .float16))
    #expect(DType.uint8.canCast(to: .bfloat16) && !DType.int16.canCast(to: .bfloat16))
  }

  @Test func rangesOfFloats() {
    let half = DType.float16.floatInfo
    #expect(half.epsilon == 0x1p-10 && half.largest == 65504 && half.precision == 3)
    #expect(half.smallestNormal == 0x1p-14 && half.smallestSubnormal == 0x1p-24)
    let single = DType.float32.floatInfo
    #expect(single.epsilon == Double(Float.ulpOfOne) && single.precision == 6)
    #expect(single.smallestNormal == Double(Float.leastNormalMagnitude))
    #expect(single.smallestSubnormal == Double(Float.leastNonzeroMagnitude))
    #expect(single.largest == Double(Float.greatestFiniteMagnitude))
    let double = DType.complex128.floatInfo
    #expect(double.epsilon == Double.ulpOfOne && double.largest == .greatestFiniteMagnitude)
    #expect(double.smallestNormal == .leastNormalMagnitude && double.precision == 15)
    #expect(double.smallestSubnormal == .leastNonzeroMagnitude)
  }

  @Test func rangesOfIntegers() {
    func range(_ dtype: DType) -> [String] {
      dtype.integerRange.map { ["\($0.smallest)", "\($0.largest)"] } ?? []
    }
    #expect(range(.bool) == ["0", "1"] && range(.float32).isEmpty)
    #expect(range(.int8) == ["-128", "127"] && range(.uint8) == ["0", "255"])
    #expect(range(.int16) == ["-32768", "32767"] && range(.uint16) == ["0", "65535"])
    #expect(range(.int32) == ["\(Int32.min)", "\(Int32.max)"])
    #expect(range(.uint32) == ["0", "\(UInt32.max)"])
    #expect(range(.int64) == ["\(Int64.min)", "\(Int64.max)"])
    #expect(range(.uint64) == ["0", "\(UInt64.max)"])
  }

  @Test func smallestDTypes() {
    let integers: [(Int, DType)] = [
      (0, .uint8), (255, .uint8), (256, .uint16), (65535, .uint16), (65536, .uint32),
      (4_294_967_295, .uint32), (4_294_967_296, .uint64), (-1, .int8), (-128, .int8),
      (-129, .int16), (-32769, .int32), (-2_147_483_649, .int64),
    ]
    for (value, dtype) in integers { #expect(DType.minimum(for: value) == dtype, "\(value)") }
    let floats: [(Double, DType)] = [
      (0.5, .float16), (64999, .float16), (65504, .float32), (70000, .float32),
      (3.5e38, .float64), (.infinity, .float16),
    ]
    for (value, dtype) in floats { #expect(DType.minimum(for: value) == dtype, "\(value)") }
    #expect(DType.result(of: .int8, .uint8, .float16) == .float16)
  }

  @Test func sharedMemory() {
    let x = NDArray.arange(12)
    let (even, odd) = (x[.stride(by: 2)], x[.stride(from: 1, by: 2)])
    #expect(x.sharesMemory(with: even) && even.sharesMemory(with: x))
    #expect(even.mayShareMemory(with: odd) && !even.sharesMemory(with: odd))
    #expect(!x[..<3].mayShareMemory(with: x[3...]) && x.flipped().sharesMemory(with: x[5...]))
    #expect(!x.sharesMemory(with: x + 0) && !x.mayShareMemory(with: x[..<0]))
    #expect(!NDArray(1).mayShareMemory(with: NDArray(1)))
  }
}
