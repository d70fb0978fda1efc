// Counts the heap allocations of calls of compiled regions, after a warm-up, on an engine that runs
// nothing. Prints a line for each region: its name, how many arrays a call returns, and how many
// allocations a hundred calls make. `ProgramTests` runs it.
import Glibc
import HeapCounter
import Tandem

setenv("TANDEM_ENGINE", "null", 1)

/// Prints the allocations of a call that returns some arrays.
func count(_ name: String, returning arrays: Int, _ call: () -> Void) {
  for _ in 0..<300 { call() }
  let before = heap_allocations()
  for _ in 0..<100 { call() }
  print(name, arrays, heap_allocations() - before)
}

let x = NDArray.random.normal([32, 64], seed: 1)
let (weight, other) = (Parameter(.zeros([64, 64])), Parameter(.zeros([64])))

let one = compile { (x: NDArray) in (x.matmul(weight.value) + other.value).tanh() }
count("forward", returning: 1) { _ = one(x) }

let three = compile { (x: NDArray) in (x + 1, x.sum(axis: 0), x.matmul(weight.value)) }
count("three", returning: 3) { _ = three(x) }

let list = compile { (x: NDArray) in [x + 1, x.sum(axis: 0), x.matmul(weight.value)] }
count("list", returning: 3) { _ = list(x) }

let update = compile(mutating: weight, other) { (x: NDArray) in
  weight.value = weight.value + x.sum() * 0.01
  other.value = other.value * 0.5
}
count("update", returning: 0) { update(x) }

let model = Sequential {
  Dense(64)
  ReLU()
  Dense(10)
}
let optimizer = SGD(learningRate: 0.01, momentum: 0.9)
let labels = NDArray.random.integers(in: 0..<10, [32], seed: 2)
let step = compile(mutating: model, optimizer) { (x: NDArray, labels: NDArray) in
  let (loss, gradients) = valueAndGradient(of: model) {
    softmaxCrossEntropy(model(x), labels).mean()
  }
  optimizer.update(model, with: gradients)
  return loss
}
count("training", returning: 1) { _ = step(x, labels) }
