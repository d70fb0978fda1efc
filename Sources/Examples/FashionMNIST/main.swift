// Articles of clothing: a convolution network with batch normalisation and dropout, AdamW on a
// cosine schedule. All numbers are fixed beforehand; the test images are read once, at the end.
//   swift run -c release FashionMNIST --epochs 4 --seed 1
// Expected: test accuracy 0.91 after four epochs, four minutes on a busy machine of four cores.
import Foundation
import Tandem

let batchSize = 128
let peakRate = 2e-3

/// The number behind `--name`, or what it is without that.
func option(_ name: String, _ otherwise: Int) -> Int {
  let words = CommandLine.arguments
  guard let place = words.firstIndex(of: "--\(name)"), place + 1 < words.count else {
    return otherwise
  }
  return Int(words[place + 1]) ?? otherwise
}

setRandomSeed(UInt64(option("seed", 1)))
let clothes = try await FashionMNIST.load()
let model = Sequential {
  for channels in [32, 64] {
    for _ in 0..<2 {
      Conv2D(channels: channels, kernel: 3, padding: 1, hasBias: false)
      BatchNorm()
      ReLU()
    }
    MaxPool2D(2)
    Dropout(0.25)
  }
  Flatten()
  Dense(256)
  ReLU()
  Dropout(0.5)
  Dense(10)
}
let (epochs, stepsMax) = (option("epochs", 4), option("steps", Int.max))
let stepsPerEpoch = min(stepsMax, (clothes.train.count + batchSize - 1) / batchSize)
let schedule = Schedule.warmUp(
  steps: max(1, stepsPerEpoch / 4),
  then: .cosine(from: peakRate, to: 0, steps: epochs * stepsPerEpoch))
let trainer = Trainer(model, optimizer: AdamW(learningRate: peakRate, weightDecay: 0.01))
var accuracy = Accuracy()

for epoch in 1...epochs {
  let batches = clothes.train.batches(of: batchSize, shuffled: true)
  for batch in ProgressBar(batches, label: "epoch \(epoch)") {
    trainer.optimizer.learningRate.number = schedule(trainer.stepCount)
    let loss = record { softmaxCrossEntropy(model(batch.images), batch.labels).mean() }
    loss.backward()
    trainer.step()
    if trainer.stepCount == epoch * stepsPerEpoch { break }
  }
}
for batch in clothes.test.batches(of: 500) {
  accuracy.update(model(batch.images), batch.labels)
  if stepsMax < 10 { break }  // a trial run
}
print(
  """
  {"epochs":\(epochs),"steps":\(trainer.stepCount),"parameters":\(model.parameterCount),\
  "accuracy":\(accuracy.value)}
  """)
