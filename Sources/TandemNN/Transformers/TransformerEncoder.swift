/// Blocks of an encoder that stand on each other, and a norm behind them if norms stand in front.
///
/// - Input: `[batch, time, features]`. Output: the same.
/// - Parameters: `layers`, ``TransformerEncoderLayer``, and `norm` if there is one.
/// - Reference: Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762.
public struct TransformerEncoder: ReportingLayer {
  /// The blocks, lowest first.
  public let layers: [TransformerEncoderLayer]
  /// Behind the last block.
  public let norm: TransformerNorm?

  /// - Parameters:
  ///   - options: how the blocks are built.
  ///   - layerCount: how many blocks there are.
  ///   - hasNorm: whether a norm follows the last block; if norms stand in front where `nil`.
  ///   - isCausal: whether a position sees only itself and those before it.
  public init(
    _ options: TransformerOptions, layerCount: Int, hasNorm: Bool? = nil, isCausal: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["layerCount": layerCount], of: "TransformerEncoder", at: CallSite(file, line))
    layers = (0..<layerCount).map { _ in
      TransformerEncoderLayer(options, isCausal: isCausal, file: file, line: line)
    }
    norm = hasNorm ?? options.isNormFirst ? options.makeNorm() : nil
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { passed(x, nil, nil) }

  /// The same of sequences parts of which are hidden.
  ///
  /// - Parameters:
  ///   - mask: broadcast to `[batch, heads, time, time]`; see ``AttentionOptions/mask``.
  ///   - lengths: of the sequences, `[batch]`.
  public func callAsFunction(
    _ x: NDArray, mask: NDArray?, lengths: NDArray? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) { passed(x, mask, lengths) }
  }

  private func passed(_ x: NDArray, _ mask: NDArray?, _ lengths: NDArray?) -> NDArray {
    let value = layers.reduce(x) { $1($0, mask: mask, lengths: lengths) }
    return norm.map { $0(value) } ?? value
  }
}
