// Attention in parts, as MXNet has it: for models that look at its weights. All are made of other
// operators.

extension ArrayExpression {
  /// The array divided by the root of its last axis's length; `mxnet.npx.div_sqrt_dim`.
  public func dividedBySquareRootOfLength(
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard rank > 0, shape[-1] > 0 else {
      fail("dividedBySquareRootOfLength: there is no last axis: \(type)", at: site)
    }
    return .apply(Divide(), self, scalar(Double(shape[-1]).squareRoot()), at: site)
  }

  /// Products of queries and keys that lie with values in one array, over `sqrt(features)`;
  /// `mxnet.npx.interleaved_matmul_selfatt_qk`.
  ///
  /// The array is `[time, batch, heads · 3 · features]`: of each head queries, keys and values.
  ///
  /// - Returns: `[batch · heads, time, time]`.
  public func interleavedSelfAttentionScores(
    heads: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let parts = interleaved(3, heads, "interleavedSelfAttentionScores", CallSite(file, line))
    return Self.scores(parts[0], parts[1])
  }

  /// Values weighed by attention; `mxnet.npx.interleaved_matmul_selfatt_valatt`.
  ///
  /// - Parameter weights: `[batch · heads, time, time]`.
  /// - Returns: `[time, batch, heads · features]`.
  public func interleavedSelfAttentionValues(
    weights: Self, heads: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let parts = interleaved(3, heads, "interleavedSelfAttentionValues", CallSite(file, line))
    return joined(weights.matmul(parts[2], file: file, line: line), heads)
  }

  /// Products of queries with keys that lie with values in another array, over `sqrt(features)`;
  /// `mxnet.npx.interleaved_matmul_encdec_qk`.
  ///
  /// - Parameter keysAndValues: `[keys, batch, heads · 2 · features]`; the array itself is
  ///   `[queries, batch, heads · features]`.
  /// - Returns: `[batch · heads, queries, keys]`.
  public func interleavedCrossAttentionScores(
    keysAndValues: Self, heads: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let name = "interleavedCrossAttentionScores"
    let queries = interleaved(1, heads, name, site)
    return Self.scores(queries[0], keysAndValues.interleaved(2, heads, name, site)[0])
  }

  /// Values weighed by attention; `mxnet.npx.interleaved_matmul_encdec_valatt`.
  ///
  /// The array is `[keys, batch, heads · 2 · features]`.
  ///
  /// - Parameter weights: `[batch · heads, queries, keys]`.
  /// - Returns: `[queries, batch, heads · features]`.
  public func interleavedCrossAttentionValues(
    weights: Self, heads: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let parts = interleaved(2, heads, "interleavedCrossAttentionValues", CallSite(file, line))
    return joined(weights.matmul(parts[1], file: file, line: line), heads)
  }

  /// The parts of `[time, batch, heads · parts · features]`, each `[batch · heads, time,
  /// features]`.
  private func interleaved(_ parts: Int, _ heads: Int, _ name: String, _ site: CallSite) -> [Self] {
    guard rank == 3, heads > 0, shape[2] > 0, shape[2].isMultiple(of: heads * parts) else {
      fail("\(name): needs [time, batch, \(heads) · \(parts) · features]: \(type)", at: site)
    }
    let (time, batch, features) = (shape[0], shape[1], shape[2] / heads / parts)
    let split = reshaped([time, batch * heads, parts, features])
    return (0..<parts).map {
      split.sliced(axis: 2, from: $0, to: $0 + 1).squeezed(axis: 2).transposed([1, 0, 2])
    }
  }

  private static func scores(_ queries: Self, _ keys: Self) -> Self {
    queries.dividedBySquareRootOfLength().matmul(keys.matrixTransposed())
  }

  /// `[batch · heads, time, features]` as `[time, batch, heads · features]`.
  private func joined(_ x: Self, _ heads: Int) -> Self {
    let (rows, time, features) = (x.shape[0], x.shape[1], x.shape[2])
    return x.transposed([1, 0, 2]).reshaped([time, rows / heads, heads * features])
  }
}
