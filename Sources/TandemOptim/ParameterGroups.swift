/// Several rules, each for parameters of its own; MXNet's `lr_mult` and `wd_mult`, PyTorch's
/// parameter groups, Keras's `MultiOptimizer`.
///
///     let optimizer = ParameterGroups(
///       [
///         ParameterGroup("*.bias | *.scale", AdamW(learningRate: 1e-3, weightDecay: 0)),
///         ParameterGroup("head.*", AdamW(learningRate: 1e-2)),
///         .frozen("embedding.*"),
///       ],
///       otherwise: AdamW(learningRate: 1e-3))
///
/// The first group that matches a parameter's path counts. ``learningRate`` is that of the last
/// rule; when it is changed, as a ``Schedule`` does, those of the groups keep their ratios to it.
public struct ParameterGroups: Optimizer {
  public static let name = "parameterGroups"

  /// The groups, first those that were given.
  public let groups: [ParameterGroup]
  /// The numbers of all rules, one after another; then the ratios of the groups' learning rates.
  public let numbers: [StateCell]
  public let learningRate: StateCell
  public let memory: OptimizerMemory
  private let ratios: [StateCell]

  /// - Parameters:
  ///   - groups: which parameters have rules of their own.
  ///   - rule: of all others; its learning rate must be positive.
  public init(
    _ groups: [ParameterGroup], otherwise rule: some Optimizer, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let rate = rule.learningRate.number
    requirePositive("ParameterGroups", ["learningRate": rate], at: CallSite(file, line))
    self.groups = groups + [ParameterGroup(matching: { _, _ in true }, rule)]
    let rules = self.groups.compactMap(\.optimizer)
    learningRate = rule.learningRate
    ratios = rules.enumerated().map {
      .exact("learningRateRatio\($0)", $1.learningRate.number / rate)
    }
    numbers = rules.flatMap(\.numbers) + ratios
    memory = OptimizerMemory(joining: rules.map(\.memory))
  }

  public func beginStep() {
    let rules = groups.compactMap(\.optimizer)
    for (rule, ratio) in zip(rules, ratios).dropLast() {
      let cell = rule.learningRate
      cell.value = (learningRate.value.cast(to: .float64) * ratio.value).cast(to: cell.value.dtype)
    }
    for rule in rules { rule.beginStep() }
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: NDArray) {
    rule(for: parameter)?.update(parameter, with: gradient)
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: RowSparseArray) {
    rule(for: parameter)?.update(parameter, with: gradient)
  }

  /// The rule of a parameter; `nil` if it is frozen.
  public func rule(for parameter: Parameter) -> (any Optimizer)? {
    groups.first { $0.contains(parameter) }?.optimizer
  }
}

/// Parameters that are updated by one rule; see ``ParameterGroups``.
public struct ParameterGroup: Sendable {
  /// The rule; `nil` if the parameters stay as they are.
  public let optimizer: (any Optimizer)?
  private let isMember: @Sendable (String, Parameter) -> Bool

  /// - Parameters:
  ///   - isMember: is given path and parameter.
  ///   - optimizer: the rule; `nil` leaves the parameters as they are.
  public init(
    matching isMember: @escaping @Sendable (String, Parameter) -> Bool,
    _ optimizer: (any Optimizer)?
  ) {
    (self.isMember, self.optimizer) = (isMember, optimizer)
  }

  /// - Parameters:
  ///   - pattern: the paths of the parameters.
  ///   - optimizer: the rule.
  public init(_ pattern: PathPattern, _ optimizer: some Optimizer) {
    self.init(matching: { path, _ in pattern.matches(path) }, optimizer)
  }

  /// Parameters that stay as they are. ``setTrainable(_:_:of:)`` does the same, and spares the
  /// computation of their gradients.
  public static func frozen(_ pattern: PathPattern) -> ParameterGroup {
    ParameterGroup(matching: { path, _ in pattern.matches(path) }, nil)
  }

  /// Whether a parameter is of this group.
  public func contains(_ parameter: Parameter) -> Bool { isMember(parameter.path, parameter) }
}
