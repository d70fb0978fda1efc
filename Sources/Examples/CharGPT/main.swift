// A GPT that learns to write like a text, character by character: nanoGPT's configuration for a
// computer without a graphics card.
//   swift run -c release CharGPT --steps 2000 --seed 1
// Reads $TANDEM_DATA/tinyshakespeare/input.txt, or the file that $TANDEM_TEXT names.
// Expected: validation loss 1.90 after 2000 steps, four minutes on a busy machine of four cores
// (nanoGPT's README says 1.88).
import Foundation
import Tandem

let (batchSize, context, features, heads, blocks) = (12, 64, 128, 4, 4)
let peakRate = 1e-3

/// The number behind `--name`, or what it is without that.
func option(_ name: String, _ otherwise: Int) -> Int {
  let words = CommandLine.arguments
  guard let place = words.firstIndex(of: "--\(name)"), place + 1 < words.count else {
    return otherwise
  }
  return Int(words[place + 1]) ?? otherwise
}

let environment = ProcessInfo.processInfo.environment
let path =
  environment["TANDEM_TEXT"] ?? "\(environment["TANDEM_DATA"] ?? ".")/tinyshakespeare/input.txt"
let text = Array(try String(contentsOfFile: path, encoding: .utf8))
let alphabet = Array(Set(text)).sorted()
let numbers = Dictionary(uniqueKeysWithValues: alphabet.enumerated().map { ($1, Int32($0)) })
let tokens = text.map { numbers[$0] ?? 0 }
let split = tokens.count * 9 / 10  // the rest is for validation

setRandomSeed(UInt64(option("seed", 1)))
let model = GPT(
  vocabulary: alphabet.count, context: context, features: features, heads: heads,
  blockCount: blocks)
let trainer = Trainer(
  model, optimizer: AdamW(learningRate: peakRate, beta2: 0.99, weightDecay: 0.1))
let steps = option("steps", 2000)
let schedule = Schedule.warmUp(
  steps: min(100, steps / 10 + 1), then: .cosine(from: peakRate, to: peakRate / 10, steps: steps))

/// Pieces of the text and the same pieces one character on, each `[batch, context]`.
func batch(from range: Range<Int>, seed: Int) -> (x: NDArray, labels: NDArray) {
  let last = range.upperBound - context - 1
  let places = NDArray.random.integers(
    in: range.lowerBound..<last, [batchSize], seed: UInt64(seed)
  ).scalars(as: Int.self)
  func piece(_ shift: Int) -> NDArray {
    NDArray(places.flatMap { tokens[$0 + shift..<$0 + shift + context] })
      .reshaped([batchSize, context])
  }
  return (piece(0), piece(1))
}

/// The mean loss over batches that training never sees.
func validationLoss(batches: Int) -> Double {
  (0..<batches).reduce(0) { sum, index in
    let (x, labels) = batch(from: split..<tokens.count, seed: 1_000_000 + index)
    return sum + softmaxCrossEntropy(model(x), labels).mean().item() / Double(batches)
  }
}

let first = validationLoss(batches: 2)
for step in 0..<steps {
  trainer.optimizer.learningRate.number = schedule(step)
  let (x, labels) = batch(from: 0..<split, seed: step)
  let loss = record { softmaxCrossEntropy(model(x), labels).mean() }
  loss.backward()
  trainer.step()
  if step % 250 == 249 { print("step \(step + 1): validation loss \(validationLoss(batches: 20))") }
}

// A sample: each character drawn by its probability.
var written: [Int32] = [numbers["\n"] ?? 0]
for index in 0..<option("write", 200) {
  let scores = model(NDArray(written.suffix(context)).reshaped([1, min(written.count, context)]))
  let last = scores[0, scores.shape[1] - 1]  // [characters]
  let noise = NDArray.random.uniform(
    [alphabet.count], from: 1e-9, to: 1, seed: UInt64(2_000_000 + index))
  written.append(Int32((last - (-noise.log()).log()).argMax().item()))
}
print(String(written.map { alphabet[Int($0)] }))
print(
  """
  {"characters":\(alphabet.count),"parameters":\(model.parameterCount),"steps":\(steps),\
  "first_loss":\(first),"last_loss":\(validationLoss(batches: 2))}
  """)
