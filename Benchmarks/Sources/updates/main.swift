// Processor-bound time of update rules in compiled steps: rules that are operators, the same
// written by hand in three lines, and rules that are array expressions. Four parameters of a
// million elements; interleaved rounds; one JSON line for each with the median and what of memory's
// traffic it is.
//
//   updates [ROUNDS]
import Glibc
import Tandem

let count = 1 << 20
let rounds = CommandLine.arguments.dropFirst().compactMap { Int($0) }.first ?? 15
let gradients = (0..<4).map { NDArray.random.normal([count], seed: UInt64($0)) }

/// A compiled step, and how many arrays of a parameter's size it reads and writes.
struct Rule {
  let name: String
  let traffic: Int
  let step: () -> Void
}

func parameters() -> [Parameter] {
  (0..<4).map { index in
    let parameter = Parameter(NDArray.random.normal([count], seed: UInt64(10 + index)))
    parameter.bind(path: "p\(index)")
    return parameter
  }
}

func rule(_ name: String, _ optimizer: some Optimizer, states: Int) -> Rule {
  let parameters = parameters()
  let step = compile(mutating: parameters, optimizer) { (gradients: [NDArray]) in
    optimizer.beginStep()
    for (parameter, gradient) in zip(parameters, gradients) {
      optimizer.update(parameter, with: gradient)
    }
    return [NDArray]()
  }
  return Rule(name: name, traffic: 3 + 2 * states) { _ = step(gradients) }
}

func momentumByHand() -> Rule {
  let parameters = parameters()
  let velocities = parameters.map { StateCell($0.path, NDArray.zeros(like: $0.value)) }
  let rate = StateCell("rate", 0.01)
  let step = compile(mutating: parameters, velocities) { (gradients: [NDArray]) in
    for ((parameter, velocity), gradient) in zip(zip(parameters, velocities), gradients) {
      velocity.value = 0.9 * velocity.value + gradient
      parameter.value = parameter.value - rate.value * velocity.value
    }
    return [NDArray]()
  }
  return Rule(name: "momentum, by hand", traffic: 5) { _ = step(gradients) }
}

func adamByHand() -> Rule {
  let parameters = parameters()
  let moments = parameters.map { parameter in
    (0..<2).map { StateCell("\(parameter.path).\($0)", NDArray.zeros(like: parameter.value)) }
  }
  let count = StateCell("count", 0)
  let step = compile(mutating: parameters, moments, count) { (gradients: [NDArray]) in
    count.value = count.value + 1
    let corrections = [0.9, 0.999].map { 1 - NDArray($0).power(count.value) }
    for ((parameter, moments), g) in zip(zip(parameters, moments), gradients) {
      moments[0].value = 0.9 * moments[0].value + 0.1 * g
      moments[1].value = 0.999 * moments[1].value + 0.001 * g * g
      let root = (moments[1].value / corrections[1]).sqrt() + 1e-8
      parameter.value = parameter.value - 0.001 * (moments[0].value / corrections[0]) / root
    }
    return [NDArray]()
  }
  return Rule(name: "adam, by hand", traffic: 7) { _ = step(gradients) }
}

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

let rules = [
  rule("momentum", SGD(learningRate: 0.01, momentum: 0.9), states: 1), momentumByHand(),
  rule("adam", Adam(), states: 2), adamByHand(), rule("amsGrad", AMSGrad(), states: 3),
  rule("lion", Lion(), states: 1), rule("adaBelief", AdaBelief(), states: 2),
  rule("nAdam", NAdam(), states: 2), rule("rAdam", RAdam(), states: 2),
  rule("adaDelta", AdaDelta(), states: 2), rule("ftrl", Ftrl(), states: 2),
  rule("signum", Signum(), states: 1), rule("lamb", LAMB(), states: 2),
]
for rule in rules { for _ in 0..<3 { rule.step() } }
waitForNativeKernels()
try waitForAll()
var times = rules.map { _ in [Double]() }
for _ in 0..<rounds {
  for (index, rule) in rules.enumerated() {
    let start = now()
    for _ in 0..<4 { rule.step() }
    try waitForAll()
    times[index].append((now() - start) / 4)
  }
}
for (rule, times) in zip(rules, times) {
  let median = times.sorted()[rounds / 2]
  let bytes = Double(rule.traffic * 4 * count * 4)
  print(
    #"{"workload":"updates","rule":"\#(rule.name)","metric":"ms_per_step","#
      + #""value":\#(median * 1e3),"#
      + #""min":\#((times.min() ?? 0) * 1e3),"n":\#(rounds),"gb_per_s":\#(bytes / median / 1e9)}"#)
}
