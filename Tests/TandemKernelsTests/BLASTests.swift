import CTandem
import Glibc
import Testing

/// OpenBLAS and LAPACKE as they are opened at first use.
@Suite struct BLASTests {
  @Test func opensAndLeavesTheEnvironment() throws {
    let before = getenv("OPENBLAS_NUM_THREADS").map { String(cString: $0) }
    #expect(tandem_blas_missing() == nil)
    let blas = try #require(tandem_blas())
    #expect(String(cString: try #require(blas.pointee.core())) != "")
    #expect(getenv("OPENBLAS_NUM_THREADS").map { String(cString: $0) } == before)
  }
}
