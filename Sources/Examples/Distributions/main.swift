// Variational inference by samples: a normal posterior over the logarithm of a Poisson rate.
//
//     swift run -c release Distributions
//
// Counts come from a Poisson distribution of mean 6; the prior of the log-rate is standard normal.
// The evidence lower bound is raised by gradients that flow through the draws, in one compiled
// step. Prints, the same on any number of threads:
//
//     data: mean 5.78
//     bound −410.92 → −240.13
//     rate 5.76, log-rate 1.751 ± 0.042
//     divergence from the prior 4.19
import Tandem

/// Numbers with so many digits behind the point.
func text(_ number: Double, _ digits: Int) -> String {
  let scale = digits == 2 ? 100.0 : 1000.0
  let (whole, sign) = (Int((number.magnitude * scale).rounded()), number < 0 ? "−" : "")
  let rest = String(whole % Int(scale))
  return "\(sign)\(whole / Int(scale))."
    + String(repeating: "0", count: digits - rest.count) + rest
}

setRandomSeed(1)
let counts = PoissonDistribution(mean: 6.0).sample([100], key: RandomKey(seed: 2))
print("data: mean", text(counts.mean().item(), 2))

let mean = Parameter(NDArray(1.0))
let logDeviation = Parameter(NDArray(-1.0))
let draws = 32

/// The posterior with the parameters as they are.
@Sendable nonisolated func posterior() -> NormalDistribution {
  NormalDistribution(mean: mean.value, deviation: logDeviation.value.exp())
}

/// One step up the evidence lower bound, which it gives.
let step = compile(mutating: mean, logDeviation) {
  let (bound, gradients) = valueAndGradient(of: [mean, logDeviation]) {
    let logRate = posterior().sample([draws, 1])
    let likelihood = PoissonDistribution(mean: logRate.exp()).logProbability(counts)
    return likelihood.sum(axis: 1).mean() - klDivergence(posterior(), NormalDistribution())
  }
  for (parameter, gradient) in gradients.all { parameter.value += gradient * 0.0005 }
  return bound
}

let first = step().item()
for _ in 0..<3000 { _ = step() }
print("bound", text(first, 2), "→", text(step().item(), 2))
let found = posterior()
print(
  "rate \(text(found.mean.exp().item(), 2)), log-rate \(text(found.mean.item(), 3))",
  "± \(text(found.deviation.item(), 3))")
print("divergence from the prior", text(klDivergence(found, NormalDistribution()).item(), 2))
