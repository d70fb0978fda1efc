import Foundation

/// The command line: `--workload NAME|NAME,NAME|short|all --threads N --repeat R [--mode M]`.
struct Arguments {
  var workloads = ""
  var threads = ProcessInfo.processInfo.activeProcessorCount
  var samples = 5
  var mode = "all"

  init(_ arguments: [String]) throws(UsageError) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      guard let value = rest.popFirst() else { throw UsageError("\(option) needs a value") }
      switch option {
      case "--workload": workloads = value
      case "--threads": threads = try Arguments.positive(option, value)
      case "--repeat": samples = try Arguments.positive(option, value)
      case "--mode":
        guard ["all", "eager", "compiled"].contains(value) else {
          throw UsageError("--mode is all, eager or compiled, not \(value)")
        }
        mode = value
      default: throw UsageError("no option \(option)")
      }
    }
    if workloads.isEmpty { throw UsageError("--workload is missing") }
  }

  private static func positive(_ option: String, _ value: String) throws(UsageError) -> Int {
    guard let number = Int(value), number > 0 else {
      throw UsageError("\(option) is a positive number, not \(value)")
    }
    return number
  }

  /// The names after `short`, `all` and the like are written out.
  var names: [String] {
    workloads.split(separator: ",").flatMap { Names.aliases[String($0)] ?? [String($0)] }
  }
}

/// What is wrong with the command line.
struct UsageError: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

/// The workloads that the peers' README defines.
enum Names {
  static let all = [
    "startup", "eager_overhead", "eager_overhead_1k", "elementwise_chain", "reduce_norm",
    "gemm_f32", "gemm_bf16", "gemm_small", "conv_fwdbwd", "mlp_train", "lenet_train",
    "lstm_lm_train", "gpt_train", "gpt_train_bf16", "resnet50_infer_b1", "resnet50_infer_b8",
    "inception_v3_infer_b8", "resnet50_train", "cholesky_svd", "peak_rss_resnet50_train",
    "peak_rss_gpt_train", "kv_pushpull",
  ]
  static let short = [
    "startup", "eager_overhead", "eager_overhead_1k", "elementwise_chain", "reduce_norm",
    "gemm_f32", "gemm_bf16", "gemm_small", "conv_fwdbwd", "mlp_train", "lenet_train",
    "cholesky_svd",
  ]
  static let aliases = [
    "all": all, "short": short, "resnet50_infer": ["resnet50_infer_b1", "resnet50_infer_b8"],
    "peak_rss": ["peak_rss_resnet50_train", "peak_rss_gpt_train"],
  ]
}

/// A number from the environment.
func environmentNumber(_ name: String, _ otherwise: Double) -> Double {
  ProcessInfo.processInfo.environment[name].flatMap(Double.init) ?? otherwise
}
