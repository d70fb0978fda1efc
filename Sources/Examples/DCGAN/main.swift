// Two networks against each other: one draws digits of 64 × 64 pixels, the other tells them from
// MNIST's. What the first draws from 64 fixed vectors is in a picture.
//   swift run -c release DCGAN --epochs 1 --width 16 --seed 1
// Writes dcgan.pgm after each epoch. Expected: strokes like those of digits after 250 steps
// (--steps 250), 75 seconds on a busy machine of four cores.
import Tandem

let batchSize = 64
let latentLength = 100

/// The number behind `--name`, or what it is without that.
func option(_ name: String, _ otherwise: Int) -> Int {
  let words = CommandLine.arguments
  guard let place = words.firstIndex(of: "--\(name)"), place + 1 < words.count else {
    return otherwise
  }
  return Int(words[place + 1]) ?? otherwise
}

setRandomSeed(UInt64(option("seed", 1)))
let mnist = try await MNIST.load()
let width = option("width", 16)
let generator = DCGANGenerator(latent: latentLength, width: width, colors: 1)
let discriminator = DCGANDiscriminator(width: width)
let drawing = Trainer(generator, optimizer: Adam(learningRate: 5e-4, beta1: 0.5))
let judging = Trainer(discriminator, optimizer: Adam(learningRate: 2e-4, beta1: 0.5))
let (epochs, stepsMax) = (option("epochs", 1), option("steps", Int.max))
let fixed = NDArray.random.normal([64, latentLength])

/// What the judge says of pictures behind noise: without it so narrow a drawer loses within a
/// hundred steps, in PyTorch too (Arjovsky and Bottou, arXiv:1701.04862).
func judged(_ pictures: NDArray) -> NDArray {
  discriminator(pictures + .random.normal(pictures.shape, standardDeviation: 0.5))
}

/// The mean loss of logits that should all be high, or low: `−log σ(±x)`.
func loss(_ logits: NDArray, real: Bool) -> NDArray { (real ? -logits : logits).softplus().mean() }

var losses = (judge: 0.0, draw: 0.0)
for epoch in 1...epochs {
  var steps = 0
  for batch in ProgressBar(
    mnist.train.batches(of: batchSize, shuffled: true), label: "epoch \(epoch)")
  {
    let real = batch.images.resampled(to: [64, 64], mode: .linear) * 2 - 1
    let noise = NDArray.random.normal([real.shape[0], latentLength])
    let fake = withTraining(true) { generator(noise) }
    let told = record { loss(judged(real), real: true) + loss(judged(fake), real: false) }
    told.backward()
    judging.step()
    discriminator.freeze()
    let drawn = record { loss(judged(generator(noise)), real: true) }
    drawn.backward()
    drawing.step()
    discriminator.unfreeze()
    steps += 1
    losses = (told.item(), drawn.item())
    if steps == stepsMax { break }
  }
  print("epoch \(epoch): losses \(losses.judge) of the judge, \(losses.draw) of the drawer")
  try savePictureGrid(generator(fixed), to: "dcgan.pgm", columns: 8, range: -1...1)
}
print(
  """
  {"epochs":\(epochs),"steps":\(drawing.stepCount),"judge":\(losses.judge),"draw":\(losses.draw)}
  """)
