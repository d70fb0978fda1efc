/// A rule around another one: every `interval` steps slow parameters move a part of the way to the
/// fast ones, which go on from there.
///
/// - Reference: Zhang et al., *Lookahead Optimizer: k steps forward, 1 step back*,
///   arXiv:1907.08610.
public struct Lookahead<Fast: Optimizer>: Optimizer {
  public static var name: String { "lookahead" }

  /// The rule that makes the steps.
  public let fast: Fast
  /// Its numbers, then those of the slow parameters.
  public let numbers: [StateCell]
  /// What the fast rule remembers, and the slow parameters.
  public let memory: OptimizerMemory
  private let slow = OptimizerMemory(["slow"]) { [$0 + 0] }
  private let own: [StateCell]

  /// - Parameters:
  ///   - fast: the rule that makes the steps.
  ///   - interval: how many steps of it are one slow step; must be positive.
  ///   - part: how much of the way the slow parameters go; from 0 to 1.
  public init(
    _ fast: Fast, interval: Int = 5, part: Double = 0.5, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive("Lookahead", ["interval": Double(interval)], at: site)
    if !(0...1).contains(part) { fail("Lookahead: part must be in 0...1, got \(part)", at: site) }
    self.fast = fast
    own = [
      .exact("slowInterval", Double(interval)), .exact("slowPart", part), .exact("slowSteps", 0),
    ]
    numbers = fast.numbers + own
    memory = OptimizerMemory(joining: [fast.memory, slow])
  }

  public var learningRate: StateCell { fast.learningRate }

  public func beginStep() {
    fast.beginStep()
    own[2].value = own[2].value + 1
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: NDArray) {
    // Made before the first step, as a copy of what the parameter starts as.
    let cell = slow.cells(of: parameter)[0]
    fast.update(parameter, with: gradient)
    let isTurn = own[2].value.remainder(own[0].value) .== 0
    let part = own[1].value
    parameter.update { value in
      cell.update { slow in
        let next = slow + part.cast(to: slow.dtype) * (value - slow)
        slow = NDArray.where(isTurn, next, slow)
        value = NDArray.where(isTurn, slow, value)
      }
    }
  }
}
