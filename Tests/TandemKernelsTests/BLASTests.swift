import CTandem
import Testing

/// OpenBLAS and LAPACKE as they are opened at first use.
@Suite struct BLASTests {
  @Test func opensWithKernelsForThisProcessor() throws {
    #expect(tandem_blas_missing() == nil)
    let blas = try #require(tandem_blas())
    let core = String(cString: try #require(blas.pointee.core()))
    let isWide = (0..<3).filter { tandem_gemm_kernels_for($0, 11) != nil }.count == 3
    #expect(!isWide || core != "Haswell", "core type \(core)")
  }
}
