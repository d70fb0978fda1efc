/// What a workload's time is expressed in; raw values are the names of the output.
enum Metric: String, Sendable {
  case nanosecondsPerOperation = "ns_per_op"
  case milliseconds = "ms"
  case gigaflops = "gflops"
  case samplesPerSecond = "samples_per_s"
  case tokensPerSecond = "tokens_per_s"
  case mebibytes = "mb"

  /// The figure for a unit of `seconds` that holds `work` operations, GFLOP or samples.
  func value(seconds: Double, work: Double) -> Double {
    switch self {
    case .nanosecondsPerOperation: 1e9 * seconds / work
    case .milliseconds: 1e3 * seconds
    case .gigaflops, .samplesPerSecond, .tokensPerSecond: work / seconds
    case .mebibytes: work
    }
  }
}
