import Tandem

extension Workload {
  private static let batch = 128

  /// Dense 784-512-512-10 with ReLU, SGD with momentum.
  static let mlpTrain: Workload = {
    let products = 784 * 512 + 512 * 512 + 512 * 10
    return Workload(
      training: "mlp_train", warmUps: 10, inner: 50, .samplesPerSecond, work: Double(batch),
      bound: bound(products: products, first: 784 * 512)
    ) {
      task(mlp(), SGD(learningRate: 0.01, momentum: 0.9), .random.normal([batch, 784], seed: 0))
    }
  }()

  private static func mlp() -> Sequential {
    Sequential {
      Dense(512)
      ReLU()
      Dense(512)
      ReLU()
      Dense(10)
    }
  }

  /// Two convolutions and two dense layers, plain SGD.
  static let lenetTrain: Workload = {
    let first = 24 * 24 * 20 * 25
    let products = first + 8 * 8 * 50 * 20 * 25 + 800 * 500 + 500 * 10
    return Workload(
      training: "lenet_train", warmUps: 3, inner: 10, .samplesPerSecond, work: Double(batch),
      bound: bound(products: products, first: first)
    ) {
      task(lenet(), SGD(learningRate: 0.01), .random.normal([batch, 1, 28, 28], seed: 0))
    }
  }()

  private static func lenet() -> Sequential {
    Sequential {
      Conv2D(channels: 20, kernel: 5)
      ReLU()
      MaxPool2D(2)
      Conv2D(channels: 50, kernel: 5)
      ReLU()
      MaxPool2D(2)
      Flatten()
      Dense(500)
      ReLU()
      Dense(10)
    }
  }

  /// Forward, and backward to weights and inputs, but for the inputs of the first layer.
  private static func bound(products: Int, first: Int) -> Bound {
    .operations(2 * Double(batch) * Double(3 * products - first))
  }

  private static func task(
    _ model: Sequential, _ optimizer: SGD, _ images: NDArray
  ) -> TrainingTask {
    TrainingTask(
      model, optimizer, images, labels: .random.integers(in: 0..<10, [batch], seed: 1))
  }
}
