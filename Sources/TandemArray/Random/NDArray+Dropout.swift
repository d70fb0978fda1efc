extension NDArray {
  /// Elements set to zero with a probability, the others divided by the probability with which they
  /// stay; a tick of the thread's ``RandomState`` says which. See ``RandomDropout``.
  public func dropout(
    probability: Double, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let words = RandomArrays.nextKey()
    return dropout(
      probability: probability, seed: words[0], stream: words[1], tick: words[2], file: file,
      line: line)
  }
}
