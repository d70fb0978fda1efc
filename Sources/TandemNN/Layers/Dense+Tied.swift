extension Dense {
  /// Scores of an embedding's rows: the weight is the embedding's own, trained once, under the
  /// name that it has there.
  ///
  /// - Parameters:
  ///   - embedding: whose table the weight is.
  ///   - hasBias: whether a number is added to each score.
  /// - Reference: Press and Wolf, *Using the Output Embedding to Improve Language Models*,
  ///   arXiv:1608.05859.
  public init(tiedTo embedding: Embedding, hasBias: Bool = true) {
    weight = embedding.weight
    bias =
      hasBias
      ? Parameter(shape: [embedding.weight.declaredShape[0]], initializer: .zeros) : nil
  }
}
