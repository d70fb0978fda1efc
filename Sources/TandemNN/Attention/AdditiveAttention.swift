/// Attention of one query, weighed by a small network: `softmax(w · tanh(Q q + K k + b)) k`.
///
/// - Input: a query, `[batch, query features]`, and keys, `[batch, time, key features]`. Output:
///   `[batch, key features]`.
/// - Parameters: `query.weight`, `[hidden, query features]`; `key`, a dense layer to `hidden`
///   features; `energy.weight`, `[1, hidden]`.
/// - Reference: Bahdanau, Cho and Bengio, *Neural Machine Translation by Jointly Learning to Align
///   and Translate*, arXiv:1409.0473.
public struct AdditiveAttention: Sendable {
  /// Queries as the network sees them.
  public let query: Dense
  /// Keys as the network sees them.
  public let key: Dense
  /// From the network's features to one number.
  public let energy: Dense

  /// - Parameters:
  ///   - hidden: the width of the network.
  ///   - initializer: of the weights.
  public init(
    _ hidden: Int, initializer: Initializer = .glorotUniform, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    requirePositive(["hidden": hidden], of: "AdditiveAttention", at: CallSite(file, line))
    query = Dense(hidden, hasBias: false, initializer: initializer)
    key = Dense(hidden, initializer: initializer)
    energy = Dense(1, inputs: hidden, hasBias: false, initializer: initializer)
  }

  /// What is the same for all queries: the keys as the network sees them, `[batch, time, hidden]`.
  public func prepared(
    _ keys: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    key(keys, file: file, line: line)
  }

  /// The mean of the keys, each weighed by the network.
  ///
  /// - Parameters:
  ///   - query: `[batch, query features]`.
  ///   - keys: `[batch, time, key features]`.
  ///   - prepared: what ``prepared(_:file:line:)`` gives for the keys; made here if `nil`.
  ///   - lengths: of the sequences, `[batch]`, at least one.
  public func callAsFunction(
    _ query: NDArray, keys: NDArray, prepared: NDArray? = nil, lengths: NDArray? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard query.rank == 2, keys.rank == 3, query.shape[0] == keys.shape[0] else {
      fail(
        "additiveAttention: needs [batch, query features] and [batch, time, key features]: "
          + "\(TensorTypes([query.type, keys.type]))", at: CallSite(file, line))
    }
    let asked = self.query(query).expandingDims(at: 1)  // [batch, 1, hidden]
    let seen = prepared ?? self.prepared(keys, file: file, line: line)
    var scores = energy((asked + seen).tanh()).squeezed(axis: 2)  // [batch, time]
    if let lengths {
      let steps = withDevice(keys.device) { NDArray.arange(keys.shape[1]) }
      let visible = steps .< lengths.cast(to: .int64).reshaped([lengths.count, 1])
      scores = .where(visible, scores, -30_000)
    }
    let weights = scores.softmax(axis: -1).expandingDims(at: 1)  // [batch, 1, time]
    return weights.matmul(keys).squeezed(axis: 1)
  }
}
