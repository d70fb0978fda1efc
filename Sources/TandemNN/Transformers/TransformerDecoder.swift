/// Blocks of a decoder that stand on each other, and a norm behind them if norms stand in front.
///
/// - Input: `[batch, time, features]` and the memory, `[batch, places, features]`. Output: that of
///   the first.
/// - Parameters: `layers`, ``TransformerDecoderLayer``, and `norm` if there is one.
/// - Reference: Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762.
public struct TransformerDecoder: ReportingLayer {
  /// The blocks, lowest first.
  public let layers: [TransformerDecoderLayer]
  /// Behind the last block.
  public let norm: TransformerNorm?

  /// - Parameters:
  ///   - options: how the blocks are built.
  ///   - layerCount: how many blocks there are.
  ///   - hasNorm: whether a norm follows the last block; if norms stand in front where `nil`.
  public init(
    _ options: TransformerOptions, layerCount: Int, hasNorm: Bool? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["layerCount": layerCount], of: "TransformerDecoder", at: CallSite(file, line))
    layers = (0..<layerCount).map { _ in
      TransformerDecoderLayer(options, file: file, line: line)
    }
    norm = hasNorm ?? options.isNormFirst ? options.makeNorm() : nil
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    closed(layers.reduce(x) { $1($0) })
  }

  /// The scores' vectors of a sequence.
  ///
  /// - Parameters:
  ///   - x: `[batch, time, features]`.
  ///   - memory: what an encoder gave, `[batch, places, features]`.
  ///   - lengths: of the sequences, `[batch]`; all of the time axis if `nil`.
  ///   - memoryLengths: the same of the memory.
  public func callAsFunction(
    _ x: NDArray, memory: NDArray, lengths: NDArray? = nil, memoryLengths: NDArray? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      closed(
        layers.reduce(x) {
          $1($0, memory: memory, lengths: lengths, memoryLengths: memoryLengths)
        })
    }
  }

  /// Further steps; there is one cache for each block.
  public func callAsFunction(
    _ x: NDArray, memory: NDArray, memoryLengths: NDArray? = nil, caches: inout [KeyValueCache],
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      checkCaches(caches, layers.count, of: "transformerDecoder")
      var value = x
      for (index, layer) in layers.enumerated() {
        value = layer(
          value, memory: memory, memoryLengths: memoryLengths, cache: &caches[index])
      }
      return closed(value)
    }
  }

  private func closed(_ x: NDArray) -> NDArray { norm.map { $0(x) } ?? x }
}

/// Stops with a message unless there is a cache for each block.
func checkCaches(_ caches: [KeyValueCache], _ count: Int, of name: String) {
  if caches.count != count {
    fail("\(name): \(count) blocks, but \(caches.count) caches", at: .unknown)
  }
}
