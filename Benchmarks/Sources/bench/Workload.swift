import Tandem

/// One line of the peers' table of workloads, and how we do it.
struct Workload: Sendable {
  let name: String
  /// The name of another way of writing the workload, which has lines of its own.
  var variant: String?
  /// Units before the clock starts; each is followed by a wait.
  let warmUps: Int
  /// Units in one sample, which ends in one wait.
  let inner: Int
  let metric: Metric
  /// Operations, GFLOP or samples in a unit.
  let work: Double
  let bound: Bound
  /// Whether the result of a unit is its loss.
  let isTraining: Bool
  /// Makes the data and returns the function that queues one unit; its result is waited for.
  let prepare: @Sendable () throws -> () throws -> NDArray
  /// The same with the unit as a compiled region, if there is such a form.
  let prepareCompiled: (@Sendable () throws -> () throws -> NDArray)?

  init(
    _ name: String, warmUps: Int, inner: Int, _ metric: Metric, work: Double = 1, bound: Bound,
    isTraining: Bool = false, prepare: @escaping @Sendable () throws -> () throws -> NDArray,
    compiled: (@Sendable () throws -> () throws -> NDArray)? = nil
  ) {
    (self.name, self.warmUps, self.inner, self.metric) = (name, warmUps, inner, metric)
    (self.work, self.bound, self.isTraining) = (work, bound, isTraining)
    self.prepare = prepare
    prepareCompiled = compiled
  }

  /// A training step, as separate operations and as one region.
  init(
    training name: String, warmUps: Int, inner: Int, _ metric: Metric, work: Double, bound: Bound,
    task: @escaping @Sendable () -> TrainingTask
  ) {
    self.init(
      name, warmUps: warmUps, inner: inner, metric, work: work, bound: bound, isTraining: true,
      prepare: { task().eager }, compiled: { task().compiled })
  }

  /// A forward pass, as separate operations and as one region.
  init(
    inference name: String, warmUps: Int, inner: Int, work: Double, bound: Bound,
    task: @escaping @Sendable () -> InferenceTask
  ) {
    self.init(
      name, warmUps: warmUps, inner: inner, .samplesPerSecond, work: work, bound: bound,
      prepare: { task().eager }, compiled: { task().compiled })
  }

  /// What is there; every other name of the peers' table gives a line that says so.
  static let all: [Workload] = [
    eagerOverhead, eagerOverhead1k, elementwiseChain, elementwiseGELU, reduceNorm, gemmFloat32,
    gemmBFloat16, gemmSmall, convolutionGradients, mlpTrain, lenetTrain, lstmTrain, gptTrain,
    resNetTrain, resNetInfer1, resNetInfer8, inceptionInfer, cholesky, singularValues, solve,
  ]

  /// The workload of a name and its variants; `peak_rss_` in front asks for its memory.
  static func named(_ name: String) -> [Workload] {
    let plain = name.hasPrefix(peakPrefix) ? String(name.dropFirst(peakPrefix.count)) : name
    return all.filter { $0.name == plain }
  }

  static let peakPrefix = "peak_rss_"
}
