/// Resilient propagation: each element has a step of its own, which grows while the gradient keeps
/// its sign and shrinks when it turns; for whole batches, not for small ones.
///
/// - Reference: Riedmiller and Braun, *A Direct Adaptive Method for Faster Backpropagation
///   Learning: The RPROP Algorithm*, ICNN 1993.
public struct Rprop: ComposedOptimizer {
  public static let name = "rprop"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("previous", "length")

  /// - Parameters:
  ///   - learningRate: the length of the first step; must not be negative.
  ///   - shrinking: what a step is multiplied with when the gradient turns; from 0 to below 1.
  ///   - growing: what it is multiplied with while the gradient keeps its sign.
  ///   - smallest: the smallest length.
  ///   - largest: the largest length.
  public init(
    learningRate: Double = 1e-2, shrinking: Double = 0.5, growing: Double = 1.2,
    smallest: Double = 1e-6, largest: Double = 50,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "Rprop", ["learningRate": learningRate],
      fractions: ["shrinking": shrinking],
      positive: ["growing": growing, "smallest": smallest, "largest": largest],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let turn = (x.gradient * x.states[0]).sign()
    let factor = NDArray.where(
      turn .> 0, x["growing"], NDArray.where(turn .< 0, x["shrinking"], turn + 1))
    // A step of zero was never taken: the first has the length of the learning rate.
    let length = NDArray.where(x.states[1] .== 0, x["learningRate"], x.states[1]) * factor
    x.states[1] = length.maximum(x["smallest"]).minimum(x["largest"])
    x.states[0] = NDArray.where(turn .< 0, 0, x.gradient)
    x.value -= x.states[0].sign() * x.states[1]
  }
}
