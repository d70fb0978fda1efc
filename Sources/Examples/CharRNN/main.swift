// An LSTM that learns to write like a text, character by character; its state goes on from piece to
// piece of the text, through which gradients flow back 64 characters.
//   swift run -c release CharRNN --epochs 12 --seed 1
// Reads $TANDEM_DATA/tinyshakespeare/input.txt, or the file that $TANDEM_TEXT names.
// Expected: HEADER
import Foundation
import Tandem

let (streams, length, hidden, layers) = (64, 64, 256, 2)
let peakRate = 4e-3

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
let model = LSTMLanguageModel(
  vocabulary: alphabet.count, hidden: hidden, layerCount: layers, dropout: 0.25, limit: 0.08)
let optimizer = Adam(learningRate: peakRate)
let trainer = Trainer(model, optimizer: optimizer)

/// Parts of the text side by side, and the same one character on, each `[steps, streams]`.
func lanes(_ range: Range<Int>) -> (x: NDArray, labels: NDArray) {
  let steps = (range.count - 1) / streams
  func part(_ shift: Int) -> NDArray {
    let start = range.lowerBound + shift
    return NDArray(tokens[start..<start + streams * steps].map { $0 })
      .reshaped([streams, steps]).transposed()
  }
  return (part(0), part(1))
}

let train = compile(mutating: model, optimizer) {
  (x: NDArray, labels: NDArray, states: [LSTM.State]) in
  let (loss, after) = record {
    let (scores, after) = model(x, from: states)
    return (softmaxCrossEntropy(scores, labels).mean(), after)
  }
  loss.backward()
  optimizer.beginStep()
  // Gradients as long as five at most: Pascanu et al., arXiv:1211.5063.
  let squares = model.parameters.compactMap { $0.parameter.gradient?.squared().sum() }
  let norm = squares.dropFirst().reduce(squares[0]) { $0 + $1 }.sqrt()
  let factor = (5 / (norm + 1e-6)).minimum(1)
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

/// The mean loss over a text, read from its start.
func loss(_ text: (x: NDArray, labels: NDArray), pieces: Int) -> Double {
  var (states, sum) = (start, 0.0)
  for piece in 0..<pieces {
    let steps = piece * length..<(piece + 1) * length
    let (loss, after) = score(text.x[steps], text.labels[steps], states)
    (states, sum) = (after, sum + loss.item())
  }
  return sum / Double(pieces)
}

let (training, validation) = (lanes(0..<split), lanes(split..<tokens.count))
let pieceCount = min(training.x.shape[0] / length, option("pieces", .max))
let validationCount = min(validation.x.shape[0] / length, option("pieces", .max))
let epochs = option("epochs", 12)
let schedule = Schedule.cosine(from: peakRate, to: peakRate / 50, steps: epochs * pieceCount)
let first = loss(validation, pieces: validationCount)
var best = first
for epoch in 0..<epochs {
  var (states, sum) = (start, 0.0)
  for piece in 0..<pieceCount {
    optimizer.learningRate.number = schedule(epoch * pieceCount + piece)
    let steps = piece * length..<(piece + 1) * length
    let (loss, after) = train(training.x[steps], training.labels[steps], states)
    states = after
    if piece % 10 == 9 { sum += loss.item() }
  }
  let now = loss(validation, pieces: validationCount)
  best = min(best, now)
  print("epoch \(epoch + 1): training \(sum / Double(max(1, pieceCount / 10))), validation \(now)")
}

// A sample: the state after each character is all that the next one needs.
var (written, states): ([Int32], [LSTM.State]?) = ([numbers["\n"] ?? 0], nil)
let sampling = Sampling(temperature: 0.8)
for _ in 0..<option("write", 300) {
  let (scores, after) = model(NDArray([written.last ?? 0]).reshaped([1, 1]), from: states)
  states = after
  written.append(Int32(sampling(scores[0, 0]).item()))
}
print(String(written.map { alphabet[Int($0)] }))
print(
  """
  {"characters":\(alphabet.count),"parameters":\(model.parameterCount),"first_loss":\(first),\
  "last_loss":\(best)}
  """)
