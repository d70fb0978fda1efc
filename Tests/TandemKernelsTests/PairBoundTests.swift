import KernelOracle
import TandemShapes
import Testing

@testable import TandemKernels

#if canImport(Glibc)
  import Glibc
#endif

/// The functions of two numbers beside the C library in more bits: all pairs of edges (infinities,
/// NaN, zeros of both signs, ends of the ranges), then pairs that are hard: powers anywhere, near
/// ties of quotients, overflow. Four million with `TANDEM_DEEP`, else 65,536, in both types and on
/// all levels.
@Suite struct PairBoundTests {
  private static let chunk = 1 << 16
  private static let chunks = getenv("TANDEM_DEEP") != nil ? 64 : 1

  @Test(arguments: FunctionTable.binary)
  func keepsItsBounds(_ row: FunctionTable.Row) throws {
    #expect(kernel_oracle_edge_pairs() < Self.chunk)
    var lines: [String] = []
    for (dtype, bound) in [(DType.float32, row.float32), (.float64, row.float64)] {
      let result = Self.survey(row, dtype)
      let (first, at) = (result.first, "(\(result.first.at), \(result.second))")
      lines.append("\(dtype) \(errorText(first.worst, at))")
      #expect(first.worst <= bound + 0.001, "\(dtype) at \(at)")
      #expect(
        first.wrong == 0,
        "\(first.wrong) \(dtype) wrong, one at (\(first.wrong_at), \(result.wrong_second))")
    }
    print("\(row): \(lines.joined(separator: ", "))")
  }

  @Test func everyFunctionIsInTheTable() {
    let comparisons = LoopOpcode.allCases.filter(\.isTest)
    let ofIntegers: Set<LoopOpcode> = [.bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight, .gcd]
    let binary = LoopOpcode.allCases.filter {
      $0.operandCount == 2 && !comparisons.contains($0) && !ofIntegers.contains($0)
        // Held by the fixtures: its first operand is a small whole number.
        && $0 != .polygamma
    }
    #expect(Set(binary.map { "\($0)" }) == Set(FunctionTable.binary.map(\.name)))
  }

  private static func survey(
    _ row: FunctionTable.Row, _ dtype: DType
  ) -> kernel_oracle_pair_result {
    let b = LoopBuilder()
    b.output(row.value([b.input(dtype), b.input(dtype)]), as: dtype)
    let program = b.build()
    let (x, y) = (LoopBuffer(dtype, count: chunk), LoopBuffer(dtype, count: chunk))
    let outputs = LoopKernel.allLevels(program).map {
      (kernel: $0, values: LoopBuffer(dtype, count: chunk))
    }
    defer { withExtendedLifetime((x, y, outputs)) {} }
    var result = kernel_oracle_pair_result()
    for number in 0..<chunks {
      fill(x, y, number)
      for (kernel, values) in outputs {
        kernel.runContiguous(
          count: chunk, pointers: [values.base, x.base, y.base], scalars: [], in: .serial)
        for index in 0..<(number == 0 ? chunk : 0)
        where !sameElement(values[index], outputs[0].values[index], dtype) {
          Issue.record("\(row) \(dtype): \(kernel.level) differs at \(x[index]), \(y[index])")
          break
        }
      }
      compare(row, x, y, outputs[0].values, &result)
    }
    return result
  }

  private static func fill(_ x: LoopBuffer, _ y: LoopBuffer, _ number: Int) {
    let (seed, first) = (UInt64(7919 * (number + 1)), Int64(number * chunk))
    if x.dtype == .float32 {
      kernel_oracle_fill_float_pairs(seed, first, Int64(chunk), pointer(x), pointer(y))
    } else {
      kernel_oracle_fill_double_pairs(seed, first, Int64(chunk), pointer(x), pointer(y))
    }
  }

  private static func compare(
    _ row: FunctionTable.Row, _ x: LoopBuffer, _ y: LoopBuffer, _ got: LoopBuffer,
    _ result: inout kernel_oracle_pair_result
  ) {
    let function = kernel_oracle_pair_function(row.name)
    if x.dtype == .float32 {
      kernel_oracle_float_pairs(
        function, pointer(x), pointer(y), Int64(chunk), pointer(got), &result)
    } else if !kernel_oracle_double_pairs(
      function, pointer(x), pointer(y), Int64(chunk), pointer(got), &result)
    {
      print("skipped: float64 functions: long double has no more bits than double here")
    }
  }

  private static func pointer<T>(_ buffer: LoopBuffer) -> UnsafeMutablePointer<T> {
    buffer.base.assumingMemoryBound(to: T.self)
  }
}
