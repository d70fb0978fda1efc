// Channels spread over pixels and gathered again: transposed and reshaped, nothing is computed.

extension NDArray {
  /// Channels spread over the spatial axes, `[n, c · Π factors, s...]` to `[n, c, s · factor...]`;
  /// `torch.nn.functional.pixel_shuffle`, with one to three axes.
  ///
  /// - Parameter factors: one number for each spatial axis, or one for all.
  /// - Reference: Shi et al., *Real-Time Single Image and Video Super-Resolution Using an Efficient
  ///   Sub-Pixel Convolutional Neural Network*, arXiv:1609.05158.
  public func pixelShuffled(
    by factors: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let factors = shuffleFactors(factors, "pixelShuffled", site)
    let parts = factors.reduce(1, *)
    guard shape[1] % parts == 0 else {
      fail("pixelShuffled: channels are no multiple of \(parts): \(type)", at: site)
    }
    let (axes, lengths) = (factors.count, shape.array)
    let order = [0, 1] + (0..<axes).flatMap { [2 + axes + $0, 2 + $0] }
    return reshaped(Shape([lengths[0], lengths[1] / parts] + factors + lengths[2...]))
      .transposed(order, file: file, line: line)
      .reshaped(
        Shape([lengths[0], lengths[1] / parts] + zip(lengths[2...], factors).map { $0 * $1 }),
        file: file, line: line)
  }

  /// The way back of ``pixelShuffled(by:file:line:)``, `[n, c, s · factor...]` to
  /// `[n, c · Π factors, s...]`; `torch.nn.functional.pixel_unshuffle`.
  ///
  /// - Parameter factors: one number for each spatial axis, or one for all.
  public func pixelUnshuffled(
    by factors: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let factors = shuffleFactors(factors, "pixelUnshuffled", site)
    let (axes, lengths) = (factors.count, shape.array)
    guard zip(lengths[2...], factors).allSatisfy({ $0 % $1 == 0 }) else {
      fail("pixelUnshuffled: lengths are no multiples of \(factors): \(type)", at: site)
    }
    let split = zip(lengths[2...], factors).flatMap { [$0 / $1, $1] }
    let order = [0, 1] + (0..<axes).map { 3 + 2 * $0 } + (0..<axes).map { 2 + 2 * $0 }
    return reshaped(Shape(lengths[..<2] + split))
      .transposed(order, file: file, line: line)
      .reshaped(
        Shape(
          [lengths[0], lengths[1] * factors.reduce(1, *)]
            + zip(lengths[2...], factors).map { $0 / $1 }),
        file: file, line: line)
  }

  private func shuffleFactors(_ factors: [Int], _ name: String, _ site: CallSite) -> [Int] {
    let axes = rank - 2
    guard (1...3).contains(axes), factors.count == 1 || factors.count == axes,
      factors.allSatisfy({ $0 > 0 })
    else {
      fail(
        "\(name): needs a factor above zero for each spatial axis: \(type), \(factors)", at: site)
    }
    return factors.count == axes ? factors : Array(repeating: factors[0], count: axes)
  }

  /// Blocks of pixels from channels, `[n, b · b · c, h, w]` to `[n, c, h · b, w · b]`, the place in
  /// a block changing slower than the channel; MXNet's and ONNX's `depth_to_space`.
  public func depthToSpace(
    block: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard rank == 4, block > 0, shape[1] % (block * block) == 0 else {
      fail(
        "depthToSpace: channels are no blocks of \(block) × \(block): \(type)",
        at: CallSite(file, line))
    }
    let (n, c, h, w) = (shape[0], shape[1] / (block * block), shape[2], shape[3])
    return reshaped([n, block, block, c, h, w])
      .transposed([0, 3, 4, 1, 5, 2], file: file, line: line)
      .reshaped([n, c, h * block, w * block], file: file, line: line)
  }

  /// The way back of ``depthToSpace(block:file:line:)``; MXNet's and ONNX's `space_to_depth`.
  public func spaceToDepth(
    block: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard rank == 4, block > 0, shape[2] % block == 0, shape[3] % block == 0 else {
      fail(
        "spaceToDepth: pixels are no blocks of \(block) × \(block): \(type)",
        at: CallSite(file, line))
    }
    let (n, c, h, w) = (shape[0], shape[1], shape[2] / block, shape[3] / block)
    return reshaped([n, c, h, block, w, block])
      .transposed([0, 3, 5, 1, 2, 4], file: file, line: line)
      .reshaped([n, block * block * c, h, w], file: file, line: line)
  }
}
