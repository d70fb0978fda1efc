import Foundation
import Testing

@testable import TandemShapes

struct ScalarValueTests {
  @Test("floats round to the nearest that their dtype has")
  func rounding() {
    #expect(ScalarValue(0.1, .float64).double == 0.1)
    #expect(ScalarValue(0.1, .float32).double == Double(Float(0.1)))
    #expect(ScalarValue(0.1, .float16).double == Double(Float16(0.1)))
    #expect(ScalarValue(1e9, .float16).double == .infinity)
    #expect(ScalarValue(16_777_217, .float32).double == 16_777_216)
  }

  @Test("bfloat16 keeps eight bits, ties to even, without rounding twice")
  func bfloat16() {
    let step = 0x1p-7  // between neighbours in 1..<2
    #expect(ScalarValue(1 + step, .bfloat16).double == 1 + step)
    #expect(ScalarValue(1 + step / 2, .bfloat16).double == 1)
    #expect(ScalarValue(1 + 3 * step / 2, .bfloat16).double == 1 + 2 * step)
    // Just above a tie, by less than a float can tell.
    #expect(ScalarValue(1 + step / 2 + 0x1p-40, .bfloat16).double == 1 + step)
    #expect(ScalarValue(1 + 3 * step / 2 - 0x1p-40, .bfloat16).double == 1 + step)
    #expect(ScalarValue(-(1 + step / 2 + 0x1p-40), .bfloat16).double == -(1 + step))
    #expect(ScalarValue(3.4e38, .bfloat16).double == .infinity)
    #expect(ScalarValue(-Double.infinity, .bfloat16).double == -.infinity)
    #expect(ScalarValue(Double.nan, .bfloat16).double.isNaN)
    #expect(ScalarValue(0x1p-133, .bfloat16).double == 0x1p-133)
    #expect(ScalarValue(-0.0, .bfloat16).double.sign == .minus)
  }

  @Test("floats become the nearest integer towards zero")
  func truncation() {
    #expect(ScalarValue(2.9, .int32).int == 2)
    #expect(ScalarValue(-2.9, .int32).int == -2)
    #expect(ScalarValue(300.0, .int8).int == 127)
    #expect(ScalarValue(-300.0, .int8).int == -128)
    #expect(ScalarValue(-1.0, .uint8).int == 0)
    #expect(ScalarValue(Double.nan, .int64).int == 0)
    #expect(ScalarValue(1e300, .int64).int == .max)
    #expect(ScalarValue(-1e300, .int64).int == .min)
    #expect(ScalarValue(1e19, .uint64).bits == 10_000_000_000_000_000_000)
    #expect(ScalarValue(1e300, .uint64).bits == .max)
    #expect(ScalarValue(0x1p63, .int64).int == .max)
  }

  @Test("integers keep the low bits that fit")
  func wrapping() {
    #expect(ScalarValue(300, .int8).int == 44)
    #expect(ScalarValue(200, .int8).int == -56)
    #expect(ScalarValue(-1, .uint8).int == 255)
    #expect(ScalarValue(-1, .uint32).int == 4_294_967_295)
    #expect(ScalarValue(-1, .uint64).bits == .max)
    #expect(ScalarValue(Int.min, .int64).int == .min)
    #expect(ScalarValue(UInt64.max, .uint64).double == 0x1p64)
  }

  @Test("truth values")
  func bools() {
    #expect(ScalarValue(0.5, .bool).int == 1)
    #expect(ScalarValue(0, .bool).int == 0)
    #expect(ScalarValue(256, .bool).int == 1)
    #expect(true.scalarValue(as: .float32).double == 1)
    #expect(Bool(ScalarValue(0.25, .float64)))
    #expect(!Bool(ScalarValue(0, .int64)))
  }

  @Test("what is written: numbers as Swift writes them")
  func descriptions() {
    #expect(ScalarValue(0.5, .float32).description == "0.5")
    #expect(ScalarValue(3, .int64).description == "3")
    #expect(ScalarValue(1, .bool).description == "true")
    #expect(ScalarValue(UInt64.max, .uint64).description == "18446744073709551615")
  }

  @Test("Swift's numbers travel there and back")
  func roundTrips() {
    func trip<S: Scalar & Equatable>(_ values: S...) {
      for value in values { #expect(S(value.scalarValue(as: S.dtype)) == value) }
    }
    trip(Int.min, -1, 0, .max)
    trip(UInt.max, 0)
    trip(UInt64.max, 1)
    trip(Int64.min, .max)
    trip(Int32.min, .max)
    trip(UInt32.max)
    trip(Int16.min, .max)
    trip(UInt16.max)
    trip(Int8.min, .max)
    trip(UInt8.max)
    trip(Float.pi, -Float.infinity)
    trip(Double.pi, .leastNonzeroMagnitude)
    trip(true, false)
  }

  @Test("integers beside floats keep their value, whatever their sign bit")
  func mixed() {
    #expect(UInt64.max.scalarValue(as: .float64).double == 0x1p64)
    #expect(UInt8(ScalarValue(300.0, .float32)) == 255)
    #expect(Int(ScalarValue(-2.7, .float32)) == -2)
    #expect(UInt64(ScalarValue(1e19, .float64)) == 10_000_000_000_000_000_000)
    #expect(UInt8.scalarKind == .integer && Float.scalarKind == .float && Bool.scalarKind == .bool)
  }

  @Test("a saved complex number is a real one")
  func complexText() throws {
    for dtype in [DType.complex64, .complex128] {
      let text = #"{"dtype":"\#(dtype)","value":1.5}"#
      let number = try JSONDecoder().decode(ScalarValue.self, from: Data(text.utf8))
      #expect(number == ScalarValue(1.5, dtype))
    }
  }
}
