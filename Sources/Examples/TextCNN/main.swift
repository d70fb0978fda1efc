// Whether a sentence about a film praises it: convolutions of three, four and five words, beside a
// sum of word weights (logistic regression on a bag of words).
//   swift run -c release TextCNN --epochs 8 --seed 1
// Reads $TANDEM_DATA/rt_polarity/rt-polarity.pos and .neg: 10,662 sentences, of which a tenth is
// for validation, which chooses the epoch, and a tenth for the test, which is read once.
// Expected: HEADER
import Foundation
import Tandem

let (batchSize, longest, features, channels) = (50, 56, 128, 100)

/// The number behind `--name`, or what it is without that.
func option(_ name: String, _ otherwise: Int) -> Int {
  let words = CommandLine.arguments
  guard let place = words.firstIndex(of: "--\(name)"), place + 1 < words.count else {
    return otherwise
  }
  return Int(words[place + 1]) ?? otherwise
}

/// Kim, *Convolutional Neural Networks for Sentence Classification*, arXiv:1408.5882, with vectors
/// of words that are learned from the start.
struct SentenceCNN: Layer {
  let words: Embedding
  let convolutions = [3, 4, 5].map { width in
    Conv2D(channels: channels, kernel: [width, 1])
  }
  let dropout = Dropout(0.5)
  let scores = Dense(2)

  func callAsFunction(_ x: NDArray) -> NDArray {
    let vectors = dropout(words(x)).transposed([0, 2, 1]).expandingDims(at: 3)
    let pooled = convolutions.map { $0(vectors).relu().max(axes: [2, 3]) }  // [batch, channels]
    return scores(dropout(.concatenated(pooled, axis: 1)))
  }
}

/// A number for each word and class, added up.
struct BagOfWords: Layer {
  let words: EmbeddingBag

  func callAsFunction(_ x: NDArray) -> NDArray { words(x) }
}

let folder = "\(ProcessInfo.processInfo.environment["TANDEM_DATA"] ?? ".")/rt_polarity"

func sentences(_ name: String) throws -> [[String]] {
  let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/rt-polarity.\(name)"))
  let text = String(bytes.map { Character(UnicodeScalar($0)) })  // Latin-1
  return text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
}

let (praise, blame) = (try sentences("pos"), try sentences("neg"))
let all = praise.map { ($0, Int64(1)) } + blame.map { ($0, Int64(0)) }
setRandomSeed(UInt64(option("seed", 1)))
let order = NDArray.random.uniform([all.count]).argSort().scalars(as: Int.self)
let mixed = order.map { all[$0] }
let tenth = mixed.count / 10
let parts = [
  Array(mixed[(2 * tenth)...]), Array(mixed[..<tenth]), Array(mixed[tenth..<2 * tenth]),
]
// Words that training has twice at least; 0 is no word, 1 another word.
let counts = parts[0].reduce(into: [String: Int]()) { counts, item in
  for word in item.0 { counts[word, default: 0] += 1 }
}
let known = counts.filter { $0.value > 1 }.keys.sorted()
let numbers = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, Int64($0 + 2)) })

/// Sentences as numbers, `[count, longest]`, and what they are.
func arrays(_ part: [([String], Int64)]) -> (x: NDArray, labels: NDArray) {
  let rows = part.flatMap { words, _ in
    let row = words.prefix(longest).map { numbers[$0] ?? 1 }
    return row + [Int64](repeating: 0, count: longest - row.count)
  }
  return (NDArray(rows, shape: [part.count, longest]), NDArray(part.map(\.1)))
}

let (training, validation, test) = (arrays(parts[0]), arrays(parts[1]), arrays(parts[2]))

func accuracy(_ model: some Layer, _ part: (x: NDArray, labels: NDArray)) -> Double {
  (model(part.x).argMax(axis: 1) .== part.labels).cast(to: .float32).mean().item()
}

/// Trains a model; the weights of the epoch that is best on validation stay.
func train(_ name: String, _ model: some Layer, rate: Double, epochs: Int) -> Double {
  let trainer = Trainer(model, optimizer: AdamW(learningRate: rate, weightDecay: 0.01))
  var best = (accuracy: -1.0, weights: [NDArray]())
  let steps = min(training.x.shape[0] / batchSize, option("steps", .max))
  for epoch in 0..<epochs {
    let places = NDArray.random.uniform([training.x.shape[0]]).argSort()
    for step in 0..<steps {
      let rows = places[step * batchSize..<(step + 1) * batchSize]
      let (x, labels) = (training.x.take(rows, axis: 0), training.labels.take(rows, axis: 0))
      let loss = record { softmaxCrossEntropy(model(x), labels).mean() }
      loss.backward()
      trainer.step()
    }
    let now = accuracy(model, validation)
    print("\(name), epoch \(epoch + 1): validation \(now)")
    if now > best.accuracy {
      best = (now, model.parameters.map { $0.parameter.value.contiguous() })
    }
  }
  for (item, weight) in zip(model.parameters, best.weights) { item.parameter.value = weight }
  return best.accuracy
}

let bag = BagOfWords(
  words: EmbeddingBag(
    known.count + 2, features: 2, mode: .sum, paddingIndex: 0, initializer: .zeros))
let network = SentenceCNN(
  words: Embedding(
    known.count + 2, features: features, initializer: .uniform(limit: 0.25), paddingIndex: 0))
let epochs = option("epochs", 8)
let bagValidation = train("bag of words", bag, rate: 5e-3, epochs: epochs)
let validationAccuracy = train("convolutions", network, rate: 1e-3, epochs: epochs)
print(
  """
  {"words":\(known.count),"validation":\(validationAccuracy),"bag_validation":\(bagValidation),\
  "test":\(accuracy(network, test)),"bag_test":\(accuracy(bag, test))}
  """)
