// A word-level language model on the Penn Treebank: two LSTM layers whose state goes on from piece
// to piece, vectors of the words tied to the scores, dropout by Zaremba et al.
//   swift run -c release WordLSTM --epochs 8 --seed 1
// Reads $TANDEM_DATA/ptb/ptb.train.txt, ptb.valid.txt and ptb.test.txt.
// Expected: HEADER
import Foundation
import Tandem

let (streams, length, hidden, layers) = (20, 35, 200, 2)
let peakRate = 3e-3

/// The number behind `--name`, or what it is without that.
func option(_ name: String, _ otherwise: Int) -> Int {
  let words = CommandLine.arguments
  guard let place = words.firstIndex(of: "--\(name)"), place + 1 < words.count else {
    return otherwise
  }
  return Int(words[place + 1]) ?? otherwise
}

let folder = "\(ProcessInfo.processInfo.environment["TANDEM_DATA"] ?? ".")/ptb"

/// The words of a file; each line ends with one more.
func words(_ name: String) throws -> [String] {
  try String(contentsOfFile: "\(folder)/ptb.\(name).txt", encoding: .utf8)
    .split(separator: "\n").flatMap { $0.split(separator: " ").map(String.init) + ["<eos>"] }
}

let texts = try ["train", "valid", "test"].map(words)
let vocabulary = Array(Set(texts[0])).sorted()
let numbers = Dictionary(uniqueKeysWithValues: vocabulary.enumerated().map { ($1, Int32($0)) })

/// Parts of a text side by side, and the same one word on, each `[steps, streams]`.
func lanes(_ words: [String]) -> (x: NDArray, labels: NDArray) {
  let tokens = words.map { numbers[$0] ?? numbers["<unk>"] ?? 0 }
  let steps = (tokens.count - 1) / streams
  func part(_ shift: Int) -> NDArray {
    NDArray(tokens[shift..<shift + streams * steps].map { $0 })
      .reshaped([streams, steps]).transposed()
  }
  return (part(0), part(1))
}

setRandomSeed(UInt64(option("seed", 1)))
let model = LSTMLanguageModel(
  vocabulary: vocabulary.count, hidden: hidden, layerCount: layers, dropout: 0.35, limit: 0.08,
  isTied: true)
let optimizer = Adam(learningRate: peakRate)
let trainer = Trainer(model, optimizer: optimizer)

let train = compile(mutating: model, optimizer) {
  (x: NDArray, labels: NDArray, states: [LSTM.State]) in
  let (loss, after) = record {
    let (scores, after) = model(x, from: states)
    return (softmaxCrossEntropy(scores, labels).mean(), after)
  }
  loss.backward()
  optimizer.beginStep()
  // Gradients as long as one at most: Pascanu et al., arXiv:1211.5063.
  let squares = model.parameters.compactMap { $0.parameter.gradient?.squared().sum() }
  let norm = squares.dropFirst().reduce(squares[0]) { $0 + $1 }.sqrt()
  let factor = (1 / (norm + 1e-6)).minimum(1)
  for (_, parameter) in model.parameters {
    if let gradient = parameter.gradient {
      optimizer.update(parameter, with: gradient * factor)
      parameter.gradient = nil
    }
  }
  return (loss, after)
}
let score = compile(mutating: model) { (x: NDArray, labels: NDArray, states: [LSTM.State]) in
  let (scores, after) = model(x, from: states)
  return (softmaxCrossEntropy(scores, labels).mean(), after)
}
let zero = NDArray.zeros([streams, hidden])
let start = (0..<layers).map { _ in LSTM.State(output: zero, cell: zero) }

/// The perplexity of a text, read from its start.
func perplexity(_ text: (x: NDArray, labels: NDArray)) -> Double {
  let pieces = min(text.x.shape[0] / length, option("pieces", .max))
  var (states, sum) = (start, 0.0)
  for piece in 0..<pieces {
    let steps = piece * length..<(piece + 1) * length
    let (loss, after) = score(text.x[steps], text.labels[steps], states)
    (states, sum) = (after, sum + loss.item())
  }
  return exp(sum / Double(pieces))
}

let (training, validation, test) = (lanes(texts[0]), lanes(texts[1]), lanes(texts[2]))
let pieceCount = min(training.x.shape[0] / length, option("pieces", .max))
let epochs = option("epochs", 8)
let schedule = Schedule.cosine(from: peakRate, to: peakRate / 100, steps: epochs * pieceCount)
let first = perplexity(validation)
var best = (perplexity: first, weights: [NDArray]())
for epoch in 0..<epochs {
  var states = start
  for piece in 0..<pieceCount {
    optimizer.learningRate.number = schedule(epoch * pieceCount + piece)
    let steps = piece * length..<(piece + 1) * length
    let (loss, after) = train(training.x[steps], training.labels[steps], states)
    states = after
    if piece % 10 == 9 { _ = loss.item() }  // keeps the queue short
  }
  let now = perplexity(validation)
  print("epoch \(epoch + 1): validation perplexity \(now)")
  if now < best.perplexity {
    best = (now, model.parameters.map { $0.parameter.value.contiguous() })
  }
}
for (parameter, weight) in zip(model.parameters, best.weights) {
  parameter.parameter.value = weight
}
print(
  """
  {"words":\(vocabulary.count),"parameters":\(model.parameterCount),"first":\(first),\
  "validation":\(best.perplexity),"test":\(perplexity(test))}
  """)
