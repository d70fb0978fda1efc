extension GPT {
  /// Continues a sequence token by token, with the keys and values of earlier tokens kept.
  ///
  ///     let text = withSeed(7) { model.continued([5, 2, 9], count: 100, sampling: .best) }
  ///
  /// A seed gives the same tokens each time. Where places have vectors of their own and the context
  /// is full, the last half of it is read anew; where attention rotates, the oldest token goes.
  ///
  /// - Parameters:
  ///   - prompt: the tokens to start from, one or more; of those beyond the context the last count.
  ///   - count: how many tokens are added at most.
  ///   - sampling: how a token is chosen.
  ///   - end: a token that ends the sequence; it is added.
  /// - Returns: the prompt and what was added.
  public func continued(
    _ prompt: [Int], count: Int, sampling: Sampling = Sampling(), end: Int? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> [Int] {
    let site = CallSite(file, line)
    if prompt.isEmpty || count < 0 {
      fail("gpt: needs a token to start from and a count: \(prompt.count), \(count)", at: site)
    }
    var (tokens, caches) = (prompt, emptyCaches)
    var upcoming = Array(prompt.suffix(context))
    for _ in 0..<count {
      if positions != nil, caches[0].count + upcoming.count > context {
        caches = emptyCaches
        upcoming = tokens.suffix(max(1, context / 2))
      }
      let scores = self(
        NDArray(upcoming.map { Int64($0) }, shape: [1, upcoming.count]), caches: &caches,
        file: file, line: line)
      let next = Int(sampling(scores[0, scores.shape[1] - 1], file: file, line: line).item())
      tokens.append(next)
      if next == end { break }
      upcoming = [next]
    }
    return tokens
  }

  private var emptyCaches: [KeyValueCache] { caches(capacity: positions == nil ? context : nil) }
}
