// Photographs of ten classes: ResNet-20 with momentum and weight decay on a cosine schedule, the
// pictures moved by up to four pixels and mirrored, as in the paper.
//   swift run -c release CIFAR10 --epochs 10 --pictures 1 --seed 1
// With --pictures 1 all 60,000 pictures from their JPEG copies, else the 4,000 and 1,000 that are
// there exactly; the last tenth of training is for validation, the test is read once, at the end.
// Expected without: test accuracy 0.41 after three epochs, which take less than a minute.
import Foundation
import Tandem

let batchSize = 128
let peakRate = 0.1

/// The number behind `--name`, or what it is without that.
func option(_ name: String, _ otherwise: Int) -> Int {
  let words = CommandLine.arguments
  guard let place = words.firstIndex(of: "--\(name)"), place + 1 < words.count else {
    return otherwise
  }
  return Int(words[place + 1]) ?? otherwise
}

/// Mean and deviation of each colour of the training pictures.
let (mean, deviation): ([Float], [Float]) = ([0.491, 0.482, 0.447], [0.247, 0.243, 0.262])

/// Some of a set's pictures; those to learn from are moved and mirrored at random.
func part(_ set: PictureSet, _ range: Range<Int>, moved: Bool) throws -> PictureSet {
  let (mean, deviation) = (mean, deviation)
  return try PictureSet(
    pictures: Array(set.pictures[range]), labels: Array(set.labels[range])
  ) { picture, random in
    guard moved else { return picture.normalized(mean: mean, deviation: deviation) }
    return picture.randomlyCropped(height: 32, width: 32, padding: 4, &random)
      .randomlyFlipped(0.5, &random).normalized(mean: mean, deviation: deviation)
  }
}

setRandomSeed(UInt64(option("seed", 1)))
let all = try await option("pictures", 0) == 1 ? CIFAR10.loadPictures() : CIFAR10.load()
let kept = all.train.count / 10 * 9
let train = try part(all.train, 0..<kept, moved: true)
let validation = try part(all.train, kept..<all.train.count, moved: false)
let test = try part(all.test, 0..<all.test.count, moved: false)

let model = CIFARResNet(depth: 20)
let (epochs, stepsMax) = (option("epochs", 10), option("steps", Int.max))
let stepsPerEpoch = min(stepsMax, (train.count + batchSize - 1) / batchSize)
let schedule = Schedule.warmUp(
  steps: max(1, stepsPerEpoch / 2),
  then: .cosine(from: peakRate, to: 0, steps: epochs * stepsPerEpoch))
let trainer = Trainer(
  model, optimizer: SGD(learningRate: peakRate, momentum: 0.9, weightDecay: 1e-4))

/// The share of pictures that the model names rightly.
func accuracy(on set: PictureSet) throws -> Double {
  var accuracy = Accuracy()
  for batch in set.batches(of: 500) {
    accuracy.update(model(batch.images), batch.labels)
    if stepsMax < 10 { break }  // a trial run
  }
  return accuracy.value
}

for epoch in 1...epochs {
  let batches = train.batches(of: batchSize, shuffled: true)
  for batch in ProgressBar(batches, label: "epoch \(epoch)") {
    trainer.optimizer.learningRate.number = schedule(trainer.stepCount)
    record { softmaxCrossEntropy(model(batch.images), batch.labels).mean() }.backward()
    trainer.step()
    if trainer.stepCount == epoch * stepsPerEpoch { break }
  }
  print("epoch \(epoch): validation accuracy \(try accuracy(on: validation))")
}
print(
  """
  {"epochs":\(epochs),"steps":\(trainer.stepCount),"parameters":\(model.parameterCount),\
  "accuracy":\(try accuracy(on: test))}
  """)
