// Marks a training step as one compiled region: forward pass, backward pass and the update.
//
//   swift run -c release Compile
//
// Trains a small network on made-up data twice, operator by operator and compiled, and prints the
// losses and a digest of the weights; both lines end in the same digest, on any number of threads.
import Tandem

let (classes, features, batch, steps) = (10, 64, 128, 40)
let centres = NDArray.random.normal([classes, features], seed: 1)

/// Points around one centre for each class.
func points(_ step: Int) -> (x: NDArray, labels: NDArray) {
  let labels = NDArray.random.integers(in: 0..<classes, [batch], seed: UInt64(100 + step))
  let noise = NDArray.random.normal([batch, features], seed: UInt64(200 + step))
  return (centres[labels] + noise * 2, labels)
}

func makeModel() -> Sequential {
  Sequential {
    Dense(128)
    ReLU()
    Dense(classes)
  }
}

// Operator by operator.
let eager = makeModel()
let trainer = Trainer(eager, optimizer: SGD(learningRate: 0.05, momentum: 0.9))
var loss = NDArray(0.0)
for step in 0..<steps {
  let (x, labels) = points(step)
  loss = record { softmaxCrossEntropy(eager(x), labels).mean() }
  loss.backward()
  trainer.step()
}
print("eager   ", loss.item(), eager.fingerprint())

// The same as one region.
let (model, optimizer) = (makeModel(), SGD(learningRate: 0.05, momentum: 0.9))
let train = compile(mutating: model, optimizer) { (x: NDArray, labels: NDArray) in
  let (loss, gradients) = valueAndGradient(of: model) {
    softmaxCrossEntropy(model(x), labels).mean()
  }
  optimizer.update(model, with: gradients)
  return loss
}
for step in 0..<steps {
  let (x, labels) = points(step)
  loss = train(x, labels)
}
print("compiled", loss.item(), model.fingerprint())

// A number in a state cell is read at each call, so another learning rate needs no other program.
optimizer.learningRate.number = 0.01
let (x, labels) = points(steps)
_ = train(x, labels)
print("traces", train.statistics.traces)
print("kernels", train.report.kernelsBefore, "->", train.report.kernelsAfter)

// Functions, too: the gradient flows through them.
let gelu = compile { (x: NDArray) in
  0.5 * x * (1 + (0.79788456 * (x + 0.044715 * x * x * x)).tanh())
}
print(gradient(of: { gelu($0).sum() })(NDArray([-1, 0, 1])))
