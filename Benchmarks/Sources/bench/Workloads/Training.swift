import Tandem

extension Workload {
  private static let batch = 128

  /// Dense 784-512-512-10 with ReLU, SGD with momentum.
  static let mlpTrain: Workload = {
    let products = 784 * 512 + 512 * 512 + 512 * 10
    return Workload(
      "mlp_train", warmUps: 10, inner: 50, .samplesPerSecond, work: Double(batch),
      bound: training(products: products, first: 784 * 512), isTraining: true
    ) {
      step(mlp(), SGD(learningRate: 0.01, momentum: 0.9), .random.normal([batch, 784], seed: 0))
    } compiled: {
      compiledStep(
        mlp(), SGD(learningRate: 0.01, momentum: 0.9), .random.normal([batch, 784], seed: 0))
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
      "lenet_train", warmUps: 3, inner: 10, .samplesPerSecond, work: Double(batch),
      bound: training(products: products, first: first), isTraining: true
    ) {
      step(lenet(), SGD(learningRate: 0.01), .random.normal([batch, 1, 28, 28], seed: 0))
    } compiled: {
      compiledStep(lenet(), SGD(learningRate: 0.01), .random.normal([batch, 1, 28, 28], seed: 0))
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
  private static func training(products: Int, first: Int) -> Bound {
    .operations(2 * Double(batch) * Double(3 * products - first))
  }

  private static func step(
    _ model: Sequential, _ optimizer: SGD, _ images: NDArray
  ) -> () throws -> NDArray {
    TrainingTask(
      model, optimizer, images, labels: .random.integers(in: 0..<10, [batch], seed: 1)
    ).eager
  }

  /// The same step as one region: forward, backward and the update.
  private static func compiledStep(
    _ model: Sequential, _ optimizer: SGD, _ images: NDArray
  ) -> () throws -> NDArray {
    let labels = NDArray.random.integers(in: 0..<10, [batch], seed: 1)
    let step = compile(mutating: model, optimizer) { (images: NDArray, labels: NDArray) in
      let (loss, gradients) = valueAndGradient(of: model) {
        softmaxCrossEntropy(model(images), labels).mean()
      }
      optimizer.update(model, with: gradients)
      return loss
    }
    return { step(images, labels) }
  }
}
