/// Dynamic loss scaling for training in float16: the loss is multiplied by a factor, so that small
/// gradients do not vanish, and steps whose gradients overflow are skipped. `bfloat16` needs none.
///
///     let scale = LossScale()
///     let loss = withPrecision(.float16) { record { lossOf(model) } }
///     (loss * scale.factor(as: loss.dtype)).backward()
///     if let gradients = scale.unscaled(gradients) { optimizer.update(model, with: gradients) }
///
/// - Reference: Micikevicius et al., *Mixed Precision Training*, arXiv:1710.03740.
public struct LossScale: Sendable {
  /// The factor, and the steps since it changed.
  public let numbers: [StateCell]
  private let interval: Int

  /// - Parameters:
  ///   - factor: the first factor; must be positive.
  ///   - interval: after so many steps without an overflow the factor is doubled.
  public init(
    factor: Double = 65536, interval: Int = 2000, file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive("LossScale", ["factor": factor, "interval": Double(interval)], at: site)
    numbers = [.exact("lossScale", factor), .exact("lossScaleSteps", 0)]
    self.interval = interval
  }

  /// What the loss is multiplied with.
  public func factor(as dtype: DType) -> NDArray { numbers[0].value.cast(to: dtype) }

  /// The gradients of the loss itself; `nil` if one is not finite, then the step is to be skipped,
  /// and the factor is halved. Waits, so compiled regions cannot use it.
  public func unscaled(_ gradients: Gradients) -> Gradients? {
    let factor = numbers[0].number
    let checks = gradients.all.map(\.gradient) + gradients.rowSparse.map(\.gradient.values)
    let isFinite = checks.map { $0.isFinite().all() }.allSatisfy { $0.item(as: Bool.self) }
    guard isFinite else {
      numbers[0].number = factor / 2
      numbers[1].number = 0
      return nil
    }
    numbers[1].number += 1
    if numbers[1].number >= Double(interval) {
      numbers[0].number = factor * 2
      numbers[1].number = 0
    }
    return gradients.mapped { $0 * (1 / factor) }
  }
}
