extension ArrayExpression {
  /// The matrix product in which whole blocks of the operands and of the result count as zero, or
  /// are multiplied by a number; `mlx.block_masked_mm`.
  ///
  /// | value | shape |
  /// | --- | --- |
  /// | `self`, `rhs` | `[..., m, k]`, `[..., k, n]` |
  /// | `lhsMask` | `[..., ⌈m / blockSize⌉, ⌈k / blockSize⌉]`, one element for each block |
  /// | `rhsMask`, `outMask` | the same of `rhs` and of the result |
  /// | result | `[..., m, n]` |
  ///
  /// Masks are bool, or floats by which blocks are multiplied; `nil` is ones. Blocks at the right
  /// and at the lower edge may be smaller.
  ///
  /// - Complexity: that of the product without masks: blocks of zeros are not left out.
  public func blockMaskedMatmul(
    _ rhs: Self, blockSize: Int = 64, outMask: Self? = nil, lhsMask: Self? = nil,
    rhsMask: Self? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard blockSize > 0 else {
      fail("blockMaskedMatmul: needs a positive block size, not \(blockSize)", at: site)
    }
    let masking = BlockMasking(size: blockSize, site: site)
    let product = masking.apply(lhsMask, to: self)
      .matmul(masking.apply(rhsMask, to: rhs), file: file, line: line)
    return masking.apply(outMask, to: product)
  }
}

/// Masks with one element for each block of a matrix.
private struct BlockMasking {
  let size: Int
  let site: CallSite

  func apply<A: ArrayExpression>(_ mask: A?, to x: A) -> A {
    guard let mask else { return x }
    let blocks = x.rank < 2 ? [] : [-2, -1].map { (x.shape[$0] + size - 1) / size }
    guard mask.rank >= 2, [mask.shape[-2], mask.shape[-1]] == blocks else {
      fail(
        "blockMaskedMatmul: the mask needs one element for each block of \(size): "
          + "\(x.type), \(mask.type)", at: site)
    }
    let spread = mask.repeated(size, axis: -2).repeated(size, axis: -1)
      .sliced(axis: mask.rank - 2, to: x.shape[-2]).sliced(axis: mask.rank - 1, to: x.shape[-1])
    if mask.dtype == .bool { return .where(spread, x, 0) }
    return .apply(Multiply(), x, spread.cast(to: x.dtype), at: site)
  }
}
