import Testing

@testable import TandemShapes

struct DTypeTests {
  @Test("raw values are the wire format: they never change")
  func rawValues() {
    let names = [
      "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16",
      "bfloat16", "float32", "float64", "complex64", "complex128",
    ]
    #expect(DType.allCases.map(\.description) == names)
    #expect(DType.allCases.map(\.rawValue) == Array(0...14))
    #expect(names.map { DType(named: $0) } == DType.allCases)
    #expect(DType(named: "float") == nil)
  }

  @Test("sizes and kinds")
  func properties() {
    let bytes = [1, 1, 1, 2, 2, 4, 4, 8, 8, 2, 2, 4, 8, 8, 16]
    #expect(DType.allCases.map(\.byteCount) == bytes)
    #expect(DType.allCases.filter(\.isInteger).count == 8)
    #expect(DType.allCases.filter(\.isFloatingPoint) == [.float16, .bfloat16, .float32, .float64])
    #expect(
      DType.allCases.filter { !$0.isSigned } == [.bool, .uint8, .uint16, .uint32, .uint64])
  }

  @Test("promotion is NumPy's, but integers never widen floats or complex numbers")
  func promotion() throws {
    var differences = 0
    for row in try fixtureRows("promotion.txt") {
      let a = try #require(DType(named: row[0]))
      let b = try #require(DType(named: row[1]))
      let numpy = try #require(DType(named: row[2]))
      let ours = a.promoted(with: b)
      if ours == numpy { continue }
      differences += 1
      let (low, high) = a.kind < b.kind ? (a, b) : (b, a)
      #expect(low.isInteger && high.kind >= .float || high.kind == .complex, "\(a), \(b)")
      #expect(ours == high && numpy.byteCount > ours.byteCount, "\(a), \(b): \(ours), \(numpy)")
    }
    // Both orders of: float16 with the six integers above 8 bits; float32 and complex64 each with
    // the four of 32 and 64 bits.
    #expect(differences == 2 * (6 + 4 + 4))
  }

  @Test("promotion is symmetric, and closed under what a table can show")
  func algebra() {
    for a in DType.allCases {
      #expect(a.promoted(with: a) == a)
      #expect(a.promoted(with: .bool) == a)
      for b in DType.allCases {
        #expect(a.promoted(with: b) == b.promoted(with: a))
        #expect(a.promoted(with: b).kind >= max(a.kind, b.kind))
      }
    }
  }

  @Test("bfloat16, which NumPy has not, stands beside float16")
  func bfloat16() {
    #expect(DType.bfloat16.promoted(with: .float16) == .float32)
    #expect(DType.bfloat16.promoted(with: .int64) == .bfloat16)
    #expect(DType.bfloat16.promoted(with: .float32) == .float32)
    #expect(DType.bfloat16.promoted(with: .complex64) == .complex64)
    #expect(DType.float64.promoted(with: .complex64) == .complex128)
  }

  @Test("Swift scalars are weak")
  func scalars() {
    for dtype in DType.allCases {
      #expect(dtype.promoted(withScalarOf: .bool) == dtype)
      let integer = dtype.promoted(withScalarOf: .integer)
      #expect(integer == (dtype == .bool ? .int64 : dtype))
      let float = dtype.promoted(withScalarOf: .float)
      #expect(float == (dtype.kind < .float ? .float32 : dtype))
    }
    #expect(DType.float32.promoted(withScalarOf: .complex) == .complex64)
    #expect(DType.float64.promoted(withScalarOf: .complex) == .complex128)
  }

  @Test("what sums, means and quotients become")
  func accumulation() {
    #expect(DType.bool.accumulated == .int64)
    #expect(DType.int8.accumulated == .int64)
    #expect(DType.uint16.accumulated == .uint64)
    #expect(DType.bfloat16.accumulated == .bfloat16)
    #expect(DType.int64.floating == .float32)
    #expect(DType.bool.floating == .float32)
    #expect(DType.float16.floating == .float16)
    #expect(DType.complex64.floating == .complex64)
  }
}
