import Tandem

extension Workload {
  private static let multiplyAdds = 4_089_184_256  // forward, of one picture of 224 × 224

  /// ResNet-50 on eight pictures, SGD with momentum.
  static let resNetTrain = Workload(
    training: "resnet50_train", warmUps: 2, inner: 1, .samplesPerSecond, work: 8,
    bound: .operations(6 * 8 * Double(multiplyAdds))
  ) {
    let images = NDArray.random.normal([8, 3, 224, 224], seed: 0)
    let labels = NDArray.random.integers(in: 0..<1000, [8], seed: 1)
    return TrainingTask(
      ResNet.resNet50(), SGD(learningRate: 0.01, momentum: 0.9), images, labels: labels
    )
  }

  /// ResNet-50 forward, one picture.
  static let resNetInfer1 = inference("resnet50_infer_b1", batch: 1, warmUps: 3, inner: 5)

  /// ResNet-50 forward, eight pictures.
  static let resNetInfer8 = inference("resnet50_infer_b8", batch: 8, warmUps: 2, inner: 2)

  private static func inference(
    _ name: String, batch: Int, warmUps: Int, inner: Int
  ) -> Workload {
    Workload(
      inference: name, warmUps: warmUps, inner: inner, work: Double(batch),
      bound: .operations(2 * Double(batch * multiplyAdds))
    ) {
      InferenceTask(ResNet.resNet50(), .random.normal([batch, 3, 224, 224], seed: 0))
    }
  }

  /// Inception v3 forward, eight pictures of 299 × 299.
  static let inceptionInfer = Workload(
    inference: "inception_v3_infer_b8", warmUps: 2, inner: 2, work: 8,
    bound: .operations(2 * 8 * 5_713_216_096)
  ) {
    InferenceTask(InceptionV3(), .random.normal([8, 3, 299, 299], seed: 0))
  }
}
