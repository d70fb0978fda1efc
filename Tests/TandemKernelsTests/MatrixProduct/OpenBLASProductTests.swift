import CTandem
import Glibc
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

  @Test("TANDEM_GEMM=openblas: right, and the same bits on one, two and four threads")
  func asked() async {
    await #expect(processExitsWith: .success) {
      setenv("TANDEM_GEMM", "openblas", 1)
      let complaints = try OpenBLASProductTests().complaints()
      #expect(complaints.isEmpty, "\(complaints)")
      exit(complaints.isEmpty ? 0 : 1)
    }
  }

  /// What is wrong with products in a process that asks for OpenBLAS.
  private func complaints() throws -> [String] {
    var complaints: [String] = []
    if tandem_gemm_wants_openblas() == 0 { complaints.append("not asked for") }
    let shapes: [(Int, Int, Int, Int)] = [
      (1, 300, 260, 500), (1, 1200, 70, 40), (7, 20, 33, 65), (3, 130, 140, 300),
    ]
    for dtype in [DType.float32, .float64] {
      for (batch, m, n, k) in shapes {
        var random = SplitMix(seed: UInt64(m))
        let a = TestMatrix([batch, m, k], dtype, transposed: m == 300, random: &random)
        let b = TestMatrix([batch, k, n], dtype, transposed: n == 33, random: &random)
        let c = TestMatrix([batch, m, n], dtype, transposed: false, random: &random)
        func run(_ context: ParallelContext) throws -> [Double] {
          try MatrixProduct().run([c.operand, a.operand, b.operand], scalars: [], in: context)
          return c.values
        }
        let alone = try run(.serial)
        let name = "\(dtype) \(batch) \(m) \(n) \(k)"
        if worst(alone, a.values, b.values, batch, m, n, k) > 2 * Double(k + 4) * roundoff(dtype) {
          complaints.append("\(name) is wrong")
        }
        for threads in [2, 4] {
          let team = WorkerTeam(threads: threads)
          defer { team.shutdown() }
          if try run(team.context) != alone { complaints.append("\(name): \(threads) threads") }
        }
        complaints += addends(c, a, b, alone, name, batch, dtype, k)
      }
    }
    return complaints
  }

  /// The largest error of products, divided by `k`: elements are below one.
  private func worst(
    _ c: [Double], _ a: [Double], _ b: [Double], _ batch: Int, _ m: Int, _ n: Int, _ k: Int
  ) -> Double {
    var worst = 0.0
    for item in 0..<batch {
      let expected = doubleProduct(
        Array(a[item * m * k..<(item + 1) * m * k]), Array(b[item * k * n..<(item + 1) * k * n]),
        m, n, k)
      for (index, value) in expected.enumerated() {
        worst = max(worst, abs(c[item * m * n + index] - value))
      }
    }
    return worst / Double(k)
  }

  /// A product that is added to what is there is twice the product.
  private func addends(
    _ c: TestMatrix, _ a: TestMatrix, _ b: TestMatrix, _ alone: [Double], _ name: String,
    _ batch: Int, _ dtype: DType, _ k: Int
  ) -> [String] {
    guard batch == 1 else { return [] }
    func plane(_ matrix: TestMatrix) -> TestMatrix {
      let (shape, layout) = (matrix.layout.shape, matrix.layout)
      return matrix.viewed(
        Layout([shape[1], shape[2]], strides: [layout.stride(1), layout.stride(2)]))
    }
    let level = tandem_gemm_level()
    var product = problem(plane(c), plane(a), plane(b))
    product.accumulates = true
    guard let blas = OpenBLASProduct(product, plan: BlockPlan(product, level: level)) else {
      return ["\(name) is not taken"]
    }
    blas.run(in: .serial)
    let bound = 4 * Double(k + 4) * roundoff(dtype) * Double(k)
    let isTwice = zip(c.values, alone).allSatisfy { abs($0 - 2 * $1) <= bound }
    return isTwice ? [] : ["\(name) is not added"]
  }
}
