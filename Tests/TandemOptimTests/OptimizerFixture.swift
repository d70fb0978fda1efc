import Foundation
import TandemOptim
import Testing

/// Ten steps of a rule by PyTorch, MXNet or a paper's formulas: `Tests/Fixtures/optimizers.json`.
struct OptimizerFixture: Decodable {
  struct Shared: Decodable {
    let shapes: [[Int]]
    let starts: [[Double]]
    let gradients: [[[Double]]]
  }

  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let rule: String
    let source: String
    let dtype: String
    let numbers: [String: Double]
    let ends: [[Double]]

    var testDescription: String { "\(rule) \(source) \(dtype)" }
  }

  let shared: Shared
  let cases: [Case]

  static let all: OptimizerFixture? = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/optimizers.json")
    return (try? Data(contentsOf: path)).flatMap {
      try? JSONDecoder().decode(OptimizerFixture.self, from: $0)
    }
  }()
}

extension OptimizerFixture.Case {
  private func n(_ name: String) -> Double { numbers[name] ?? .nan }

  /// The rule, with the numbers of the fixture script.
  func optimizer() -> (any ComposedOptimizer)? {
    let (rate, decay) = (n("learningRate"), numbers["weightDecay"] ?? 0)
    let (b1, b2, e) = (n("beta1"), n("beta2"), n("epsilon"))
    switch rule {
    case "amsGrad":
      return AMSGrad(learningRate: rate, beta1: b1, beta2: b2, epsilon: e, weightDecay: decay)
    case "adamax":
      return Adamax(learningRate: rate, beta1: b1, beta2: b2, epsilon: e, weightDecay: decay)
    case "nAdam":
      return NAdam(
        learningRate: rate, beta1: b1, beta2: b2, epsilon: e, weightDecay: decay,
        momentumDecay: n("momentumDecay"))
    case "rAdam":
      return RAdam(learningRate: rate, beta1: b1, beta2: b2, epsilon: e, weightDecay: decay)
    case "adaDelta":
      return AdaDelta(learningRate: rate, decay: n("decay"), epsilon: e, weightDecay: decay)
    case "centeredRMSProp":
      return CenteredRMSProp(
        learningRate: rate, decay: n("decay"), momentum: n("momentum"), epsilon: e,
        weightDecay: decay)
    case "rprop":
      return Rprop(
        learningRate: rate, shrinking: n("shrinking"), growing: n("growing"),
        smallest: n("smallest"), largest: n("largest"))
    case "adafactor":
      return Adafactor(
        learningRate: rate, decayPower: n("decayPower"), epsilon: e, scaleMin: n("scaleMin"),
        clipping: n("clipping"), weightDecay: decay)
    case "ftml":
      return FTML(learningRate: rate, beta1: b1, beta2: b2, epsilon: e, weightDecay: decay)
    case "lamb":
      return LAMB(learningRate: rate, beta1: b1, beta2: b2, epsilon: e, weightDecay: decay)
    case "lans":
      return LANS(learningRate: rate, beta1: b1, beta2: b2, epsilon: e, weightDecay: decay)
    case "ftrl": return Ftrl(learningRate: rate, l1: n("l1"), beta: n("beta"), weightDecay: decay)
    case "signum":
      return Signum(
        learningRate: rate, momentum: n("momentum"), weightDecay: decay,
        decoupledDecay: n("decoupledDecay"))
    case "dcasgd":
      return DCASGD(
        learningRate: rate, momentum: n("momentum"), compensation: n("compensation"),
        weightDecay: decay)
    case "lars":
      return LARS(
        learningRate: rate, momentum: n("momentum"), trust: n("trust"), epsilon: e,
        weightDecay: decay)
    case "groupAdaGrad": return GroupAdaGrad(learningRate: rate, epsilon: e)
    case "lion": return Lion(learningRate: rate, beta1: b1, beta2: b2, weightDecay: decay)
    case "adaBelief":
      return AdaBelief(learningRate: rate, beta1: b1, beta2: b2, epsilon: e, weightDecay: decay)
    case "yogi":
      return Yogi(learningRate: rate, beta1: b1, beta2: b2, epsilon: e, weightDecay: decay)
    case "muon": return Muon(learningRate: rate, momentum: n("momentum"), weightDecay: decay)
    default: return nil
    }
  }
}
