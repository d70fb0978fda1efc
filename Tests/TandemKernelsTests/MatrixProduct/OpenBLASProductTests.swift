import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// What `TANDEM_GEMM=openblas` chooses, asked for directly.
@Suite("OpenBLAS product")
struct OpenBLASProductTests {
  private func problem(_ c: TestMatrix, _ a: TestMatrix, _ b: TestMatrix) -> MatrixProblem {
    MatrixProblem(
      c: MatrixView(c.operand), a: MatrixView(a.operand), b: MatrixView(b.operand), dtype: c.dtype)
  }

  @Test("agrees with our kernels", arguments: [DType.float32, .float64], 0..<4)
  func values(_ dtype: DType, _ transposes: Int) throws {
    for (m, n, k) in [(1, 1, 1), (70, 300, 45), (300, 70, 800), (5, 9, 3000)] {
      var random = SplitMix(seed: UInt64(m + n + k + transposes))
      let a = TestMatrix([m, k], dtype, transposed: transposes & 1 != 0, random: &random)
      let b = TestMatrix([k, n], dtype, transposed: transposes & 2 != 0, random: &random)
      let ours = TestMatrix([m, n], dtype, transposed: false, random: &random)
      let theirs = TestMatrix([m, n], dtype, transposed: false, random: &random)
      let level = tandem_gemm_level()
      MatrixProduct().run([ours.operand, a.operand, b.operand], level: level, in: .serial)
      let product = problem(theirs, a, b)
      let plan = BlockPlan(product, level: level)
      try #require(OpenBLASProduct(product, plan: plan, isWanted: true)).run(in: .serial)
      let bound = 2 * Double(k + 4) * roundoff(dtype) * Double(k)
      #expect(zip(ours.values, theirs.values).allSatisfy { abs($0 - $1) <= bound })
      #expect(theirs.isIntact)
    }
  }

  @Test("leaves to our kernels what it cannot read")
  func refusals() {
    var random = SplitMix(seed: 2)
    let whole = TestMatrix([8, 8], .float32, transposed: false, random: &random)
    let c = TestMatrix([4, 4], .float32, transposed: false, random: &random)
    let plain = whole.viewed(Layout([4, 4], strides: [8, 1]))
    let sliced = whole.viewed(Layout([4, 4], strides: [16, 2]))
    let backwards = whole.viewed(Layout([4, 4], strides: [-8, 1], offset: 24))
    let level = tandem_gemm_level()
    func isTaken(_ a: TestMatrix, rectifies: Bool = false, isWanted: Bool = true) -> Bool {
      var product = problem(c, a, plain)
      product.rectifies = rectifies
      let plan = BlockPlan(product, level: level)
      return OpenBLASProduct(product, plan: plan, isWanted: isWanted) != nil
    }
    #expect(isTaken(plain))
    #expect(!isTaken(plain, isWanted: false))
    #expect(!isTaken(sliced) && !isTaken(backwards) && !isTaken(plain, rectifies: true))
  }
}
