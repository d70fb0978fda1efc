// A variational autoencoder of digits: what it draws after each epoch is in a picture of 8 × 8.
//   swift run -c release VAE --epochs 10 --seed 1
// Writes vae.pgm. Expected: a test loss (negative evidence lower bound) of 106.8 nats after ten
// epochs, 40 seconds on a busy machine of four cores.
import Tandem

let batchSize = 128
let learningRate = 1e-3

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
let model = VAE()
let trainer = Trainer(model, optimizer: Adam(learningRate: learningRate))
let (epochs, stepsMax) = (option("epochs", 10), option("steps", Int.max))
let latent = NDArray.random.normal([64, model.latent])

/// The batch's pictures as rows.
func rows(_ images: NDArray) -> NDArray { images.reshaped([images.shape[0], 784]) }

var loss = Double.infinity
for epoch in 1...epochs {
  var steps = 0
  for batch in ProgressBar(
    mnist.train.batches(of: batchSize, shuffled: true), label: "epoch \(epoch)")
  {
    let x = rows(batch.images)
    record { model.loss(x).mean() }.backward()
    trainer.step()
    steps += 1
    if steps == stepsMax { break }
  }
  // The bound is one of what is drawn, so it is judged as in training.
  var (sum, count) = (0.0, 0)
  for batch in mnist.test.batches(of: 500) {
    sum += withTraining(true) { model.loss(rows(batch.images)) }.sum().item()
    count += batch.labels.count
    if stepsMax < 10 { break }  // a trial run
  }
  loss = sum / Double(count)
  print("epoch \(epoch): test loss \(loss)")
  let drawn = model.decoder(latent).sigmoid().reshaped([64, 1, 28, 28])
  try savePictureGrid(drawn, to: "vae.pgm", columns: 8)
}
print("{\"epochs\":\(epochs),\"steps\":\(trainer.stepCount),\"loss\":\(loss)}")
