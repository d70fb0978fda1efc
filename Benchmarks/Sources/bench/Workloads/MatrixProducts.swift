import Tandem

extension Workload {
  /// One product of 2048 × 2048 matrices.
  static let gemmFloat32 = product("gemm_f32", shape: [2048, 2048])

  /// The same in bfloat16, with a bfloat16 result.
  static let gemmBFloat16 = product("gemm_bf16", shape: [2048, 2048], dtype: .bfloat16)

  /// 1024 products of 64 × 64 matrices.
  static let gemmSmall = product("gemm_small", shape: [1024, 64, 64])

  private static func product(
    _ name: String, shape: Shape, dtype: DType = .float32
  ) -> Workload {
    let operations = 2 * Double(shape.elementCount) * Double(shape[-1])
    return Workload(
      name, warmUps: 3, inner: 5, .gigaflops, work: operations / 1e9,
      bound: .operations(operations)
    ) {
      let a = NDArray.random.normal(shape, seed: 0).cast(to: dtype)
      let b = NDArray.random.normal(shape, seed: 1).cast(to: dtype)
      return { a.matmul(b) }
    }
  }
}
