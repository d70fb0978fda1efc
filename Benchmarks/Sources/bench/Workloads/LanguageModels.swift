import Tandem

extension Workload {
  /// Two LSTM layers of 650 on 20 sequences of 35 words of 10,000, plain SGD.
  static let lstmTrain: Workload = {
    let (time, batch, hidden, words) = (35, 20, 650, 10_000)
    let products = 2 * 2 * 4 * hidden * hidden + hidden * words
    return Workload(
      training: "lstm_lm_train", warmUps: 2, inner: 2, .tokensPerSecond, work: Double(time * batch),
      bound: .operations(6 * Double(time * batch * products))
    ) {
      let model = LSTMLanguageModel(vocabulary: words, hidden: hidden)
      let tokens = NDArray.random.integers(in: 0..<words, [time, batch], seed: 0)
      let labels = NDArray.random.integers(in: 0..<words, [time, batch], seed: 1)
      return TrainingTask(model, SGD(learningRate: 0.1), tokens, labels: labels)
    }
  }()

  /// Six transformer blocks of 384 on 16 sequences of 256 characters, AdamW.
  static let gptTrain: Workload = {
    let (batch, time, features, characters) = (16, 256, 384, 65)
    let products = 6 * 12 * features * features + features * characters
    let attention = 6 * time * features  // q kᵀ and the sum of v, each for half of the keys
    return Workload(
      training: "gpt_train", warmUps: 2, inner: 1, .tokensPerSecond, work: Double(batch * time),
      bound: .operations(6 * Double(batch * time * (products + attention)))
    ) {
      let model = GPT(
        vocabulary: characters, context: time, features: features, heads: 6, blockCount: 6)
      let optimizer = AdamW(learningRate: 1e-3, beta2: 0.99, weightDecay: 0.1)
      let tokens = NDArray.random.integers(in: 0..<characters, [batch, time], seed: 0)
      let labels = NDArray.random.integers(in: 0..<characters, [batch, time], seed: 1)
      return TrainingTask(model, optimizer, tokens, labels: labels)
    }
  }()
}
