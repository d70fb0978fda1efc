import TandemOps

extension GradientCase {
  /// Functions of one number beyond the common ones.
  static let functions: [GradientCase] = [
    shapes(Degrees(), .between(-3, 3)), shapes(Radians(), .between(-200, 200)),
    shapes(Softsign(), .apart), shapes(LogSigmoid(), .between(-3, 3)),
    shapes(Mish(), .between(-3, 3)), shapes(HardSigmoid(), .between(-2, 2)),
    shapes(HardSigmoid(alpha: 1.0 / 6), .between(3.5, 5)),
    shapes(SmoothL1(), .between(-0.9, 0.9)), shapes(SmoothL1(sigma: 2), .between(0.3, 3)),
    shapes(NaNToNumber(), .between(-3, 3)),
  ].flatMap { $0 }

  /// Functions of two numbers beyond the common ones.
  static let functionsOfTwo: [GradientCase] = [
    broadcasting(FMax(), .between(-1, 0), .between(0.1, 1)),
    broadcasting(FMin(), .between(-1, 0), .between(0.1, 1)),
  ].flatMap { $0 }
}
