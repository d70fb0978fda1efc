import Foundation
import TandemShapes
import TandemThreads
import Testing

@testable import TandemKernels

/// One line of `Tests/Fixtures/loops.txt`; `loops.py` says how it is written.
private struct LoopFixture {
  let name: String
  let dtype: DType
  let bound: Double
  let arguments: [[UInt64]]
  let results: [UInt64]

  static let all: [LoopFixture] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Fixtures/loops.txt")
    let text = try! String(contentsOf: path, encoding: .utf8)
    return text.split(separator: "\n").map(LoopFixture.init)
  }()

  init(_ line: Substring) {
    let words = line.split(separator: " ")
    name = String(words[0])
    dtype = DType(named: words[1])!
    bound = Double(words[2])!
    var arguments: [[UInt64]] = []
    var results: [UInt64] = []
    for entry in words.dropFirst(3) {
      let sides = entry.split(separator: "=")
      let values = sides[0].split(separator: ",").map { UInt64($0, radix: 16)! }
      if arguments.isEmpty { arguments = values.map { _ in [] } }
      for (index, value) in values.enumerated() { arguments[index].append(value) }
      results.append(UInt64(sides[1], radix: 16)!)
    }
    (self.arguments, self.results) = (arguments, results)
  }

  /// The program that computes the line, and the dtype of its output.
  func program() -> (LoopProgram, DType) {
    let b = LoopBuilder()
    let inputs = arguments.map { _ in b.input(dtype) }
    if name == "toFloat16" {
      b.output(inputs[0].cast(to: .float16), as: .float16)
      return (b.build(), .float16)
    }
    let opcode = LoopOpcode.allCases.first { "\($0)" == name }!
    let value = inputs.count == 1 ? inputs[0].unary(opcode) : inputs[0].binary(opcode, inputs[1])
    b.output(value, as: dtype)
    return (b.build(), dtype)
  }

  /// What is wrong with an element, if anything is.
  func complaint(_ got: UInt64, at index: Int) -> String? {
    let wanted = results[index]
    let given = arguments.map { String($0[index], radix: 16) }
    guard dtype.isFloatingPoint, name != "toFloat16" else {
      let mask = dtype.byteCount == 8 ? UInt64.max : (1 << UInt64(dtype.byteCount * 8)) - 1
      let same = sameElement(got, wanted & mask, name == "toFloat16" ? .float16 : dtype)
      return same ? nil : "\(given): \(got), not \(wanted)"
    }
    let reference = Double(bitPattern: wanted)
    let (value, unit) =
      dtype == .float32
      ? (Double(Float(bitPattern: UInt32(got))), Double(Float(reference).ulp))
      : (Double(bitPattern: got), reference.ulp)
    let rounded = dtype == .float32 ? Double(Float(reference)) : reference
    if value.isNaN || rounded.isNaN || value == rounded {
      let signs = bound > 0 || value != 0 || value.sign == rounded.sign
      return value.isNaN == rounded.isNaN && signs ? nil : "\(given): \(value), not \(reference)"
    }
    let error = abs(value - reference) / unit
    return error <= bound ? nil : "\(given): \(value), not \(reference): \(error) units"
  }
}

@Suite struct LoopFunctionTests {
  @Test func functionsAgreeWithNumPy() {
    for fixture in LoopFixture.all {
      let (program, dtype) = fixture.program()
      let count = fixture.results.count
      let inputs = fixture.arguments.map { values in
        let buffer = LoopBuffer(fixture.dtype, count: count)
        for (index, bits) in values.enumerated() { buffer[index] = bits }
        return buffer
      }
      for kernel in LoopKernel.allLevels(program) {
        let output = LoopBuffer(dtype, count: count)
        kernel.runContiguous(
          count: count, pointers: [output.base] + inputs.map(\.base), scalars: [], in: .serial)
        for index in 0..<count {
          if let complaint = fixture.complaint(output[index], at: index) {
            Issue.record("\(fixture.name) \(fixture.dtype) \(kernel.level): \(complaint)")
          }
        }
      }
    }
  }

  @Test(arguments: [DType.float16, .bfloat16])
  func everySixteenBitFloatSurvives(_ dtype: DType) {
    let b = LoopBuilder()
    b.output(b.input(dtype).cast(to: .float32), as: .float32)
    b.output(b.input(dtype), as: dtype)
    let wide = LoopBuffer(.float32, count: 65536)
    let (from, to) = (LoopBuffer(dtype, count: 65536), LoopBuffer(dtype, count: 65536))
    for bits in 0..<65536 { from[bits] = UInt64(bits) }
    b.build().kernel.runContiguous(
      count: 65536, pointers: [wide.base, to.base, from.base, from.base], scalars: [], in: .serial)
    for bits in 0..<65536 {
      #expect(sameElement(to[bits], UInt64(bits), dtype))
      let expected =
        dtype == .bfloat16
        ? Float(bitPattern: UInt32(bits) << 16) : Self.float16(UInt16(bits))
      #expect(sameElement(wide[bits], UInt64(expected.bitPattern), .float32))
    }
  }

  /// The value of a float16 by its definition.
  private static func float16(_ bits: UInt16) -> Float {
    let sign: Float = bits >> 15 == 1 ? -1 : 1
    let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    if exponent == 0 { return sign * fraction * 0x1p-24 }
    return sign * (1 + fraction / 1024)
      * Float(sign: .plus, exponent: exponent - 15, significand: 1)
  }

  @Test func floatsSaturateToIntegers() {
    let numbers: [Double] = [
      0, -0.9, 1.9, -1.9, 127.5, 128, -129, 300, -1, 65536, 3e9, -3e9, 1e19, -1e19, 2e19, .nan,
      .infinity, -.infinity, 2_147_483_647, 9.2233720368547748e18,
    ]
    for source in [DType.float32, .float64] {
      for target in DType.allCases where target.isInteger || target == .bool {
        let b = LoopBuilder()
        b.output(b.input(source), as: target)
        let (input, output) = (
          LoopBuffer(source, count: numbers.count), LoopBuffer(target, count: numbers.count)
        )
        for (index, number) in numbers.enumerated() {
          input[index] =
            source == .float32 ? UInt64(Float(number).bitPattern) : number.bitPattern
        }
        for kernel in LoopKernel.allLevels(b.build()) {
          kernel.runContiguous(
            count: numbers.count, pointers: [output.base, input.base], scalars: [], in: .serial)
          for (index, number) in numbers.enumerated() {
            let value = source == .float32 ? Double(Float(number)) : number
            #expect(
              output[index] == Self.saturated(value, target),
              "\(value) as \(target) \(kernel.level)")
          }
        }
      }
    }
  }

  private static func saturated(_ value: Double, _ dtype: DType) -> UInt64 {
    func bits<T: FixedWidthInteger>(_ type: T.Type) -> UInt64 {
      let whole = value.rounded(.towardZero)
      let clamped: T =
        value.isNaN ? 0 : T(exactly: whole) ?? (value < 0 ? T.min : T.max)
      return UInt64(truncatingIfNeeded: clamped) & (T.bitWidth == 64 ? .max : (1 << T.bitWidth) - 1)
    }
    switch dtype {
    case .bool: return value != 0 ? 1 : 0
    case .int8: return bits(Int8.self)
    case .uint8: return bits(UInt8.self)
    case .int16: return bits(Int16.self)
    case .uint16: return bits(UInt16.self)
    case .int32: return bits(Int32.self)
    case .uint32: return bits(UInt32.self)
    case .int64: return bits(Int64.self)
    default: return bits(UInt64.self)
    }
  }
}
