import CTandem
import TandemShapes
import TandemThreads
import Testing

@testable import TandemKernels

@Suite struct LoopProgramTests {
  @Test func printsFormulas() {
    let b = LoopBuilder()
    let (x, y) = (b.input(.float32), b.input(.bfloat16))
    let s = b.scalar(.float32)
    let e = (x * y).exp()
    b.output(e / (1 + e), as: .float32)
    b.output(-(e + s).tanh(), as: .bfloat16, reducing: .sum)
    #expect(
      b.build().description == """
        loop (a: float32, b: bfloat16, s0: scalar float32) {
          t0 = exp(a * b)
          out0: float32 = t0 / (1 + t0)
          out1: bfloat16 = sum(-tanh(t0 + s0))
        }
        """)
  }

  @Test func opcodesAgreeWithC() {
    #expect(LoopOpcode.allCases.count == TANDEM_OP_COUNT)
    for opcode in LoopOpcode.allCases {
      #expect(String(cString: tandem_opcode_name(Int32(opcode.rawValue))) == "\(opcode)")
    }
    #expect(Reduction.allCases.count == TANDEM_REDUCE_COUNT)
  }

  @Test func dtypesAndScalarsAgreeWithC() {
    for dtype in DType.allCases where dtype.kind != .complex {
      #expect(tandem_dtype_class(Int32(dtype.rawValue)) == Int32(dtype.computeClass.rawValue))
      #expect(tandem_dtype_bytes(Int32(dtype.rawValue)) == Int64(dtype.byteCount))
    }
    #expect(MemoryLayout<ScalarValue>.stride == MemoryLayout<TandemScalar>.stride)
    #expect(MemoryLayout<ScalarValue>.offset(of: \.bits) == 8)
    #expect(MemoryLayout<ScalarValue>.offset(of: \.dtype) == 0)
  }

  @Test func equalProgramsAreOne() {
    func make() -> LoopProgram {
      let b = LoopBuilder()
      let x = b.input(.float32)
      _ = x.exp()
      b.output((x + 1) * (x + 1), as: .float32)
      return b.build()
    }
    #expect(make() == make())
    #expect(make().kernel === make().kernel)
    #expect(make().contents.instructions.count == 2)
  }

  @Test func reducesOverAnyAxis() throws {
    let b = LoopBuilder()
    b.output(b.input(.float32), as: .float32, reducing: .sum)
    let program = b.build()
    var x = (0..<24).map(Float.init)
    for (axes, expected) in [
      ([0], [12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34]),
      ([1], [12, 15, 18, 21, 48 + 0, 51, 54, 57]), ([0, 1, 2], [276]),
    ] as [([Int], [Float])] {
      var shape = Shape([2, 3, 4])
      for axis in axes { shape[axis] = 1 }
      var out = [Float](repeating: -1, count: shape.elementCount)
      try out.withUnsafeMutableBytes { o in
        try x.withUnsafeMutableBytes { i in
          try LoopPrimitive(program, reducing: axes).run(
            [
              Operand(o.baseAddress!, Layout(shape), .float32),
              Operand(i.baseAddress!, Layout([2, 3, 4]), .float32),
            ], scalars: [], in: .serial)
        }
      }
      #expect(out == expected)
    }
  }

  /// A program with a number of its own.
  private func adding(_ number: Double) -> LoopProgram {
    let b = LoopBuilder()
    b.output(b.input(.float32) + b.constant(ScalarValue(number, .float32)), as: .float32)
    return b.build()
  }

  @Test func programsThatNobodyHoldsGo() {
    let held = adding(0.5)
    for number in 0..<8 * LoopProgram.recentCountMax { _ = adding(Double(number)) }
    #expect(LoopProgram.knownCount < 4 * LoopProgram.recentCountMax)
    #expect(adding(0.5) == held && adding(0.5).kernel === held.kernel)
    let recent = ObjectIdentifier(adding(-1).kernel)
    #expect(ObjectIdentifier(adding(-1).kernel) == recent)
  }
}
