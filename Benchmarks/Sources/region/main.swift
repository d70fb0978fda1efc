// Host time and heap allocations of one call of a compiled MLP training step, on an engine that
// runs nothing. Prints one JSON line: the median of eleven rounds, the best, allocations for each
// call.
//
//   TANDEM_ENGINE=null region [CALLS_IN_A_ROUND]
import CHeap
import Glibc
import Tandem

setenv("TANDEM_ENGINE", "null", 0)

let model = Sequential {
  Dense(512)
  ReLU()
  Dense(512)
  ReLU()
  Dense(10)
}
let optimizer = SGD(learningRate: 0.01, momentum: 0.9)
let step = compile(mutating: model, optimizer) { (images: NDArray, labels: NDArray) in
  let (loss, gradients) = valueAndGradient(of: model) {
    softmaxCrossEntropy(model(images), labels).mean()
  }
  optimizer.update(model, with: gradients)
  return loss
}
let images = NDArray.random.normal([128, 784], seed: 0)
let labels = NDArray.random.integers(in: 0..<10, [128], seed: 1)

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

let calls = CommandLine.arguments.dropFirst().compactMap { Int($0) }.first ?? 2000
for _ in 0..<calls { _ = step(images, labels) }
var rounds: [Double] = []
var allocations = 0
for _ in 0..<11 {
  let before = heap_allocations()
  let start = now()
  for _ in 0..<calls { _ = step(images, labels) }
  rounds.append((now() - start) / Double(calls))
  allocations = heap_allocations() - before
}
rounds.sort()
print(
  #"{"workload":"compiled_mlp_host","metric":"ns_per_call","value":\#(Int(rounds[5])),"#
    + #""min":\#(Int(rounds[0])),"n":11,"allocations_per_call":"#
    + "\(Double(allocations) / Double(calls)),"
    + #""kernels":\#(step.report.kernelsAfter),"#
    + #""kernels_before":\#(step.report.kernelsBefore)}"#)
