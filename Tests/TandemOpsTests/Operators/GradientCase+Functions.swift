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
    shapes(CubeRoot(), .between(0.5, 3)), shapes(CubeRoot(), .between(-3, -0.5)),
    shapes(ReciprocalCubeRoot(), .between(0.5, 3)), shapes(Asinh(), .between(-3, 3)),
    shapes(Acosh(), .between(1.5, 4)), shapes(Atanh(), .between(-0.9, 0.9)),
    shapes(ErfInverse(), .between(-0.9, 0.9)), shapes(Gamma(), .between(0.5, 4)),
    shapes(Gamma(), .between(-2.7, -2.3)), shapes(LogGamma(), .between(0.5, 4)),
    shapes(LogGamma(), .between(-2.7, -2.3)), shapes(Digamma(), .between(0.5, 4)),
    shapes(Digamma(), .between(-2.7, -2.3)), shapes(Polygamma(order: 1), .between(0.5, 4)),
    shapes(Polygamma(order: 2), .between(-2.7, -2.3)),
  ].flatMap { $0 }

  /// Functions of two numbers beyond the common ones.
  static let functionsOfTwo: [GradientCase] = [
    broadcasting(FMax(), .between(-1, 0), .between(0.1, 1)),
    broadcasting(FMin(), .between(-1, 0), .between(0.1, 1)),
    broadcasting(Fmod(), .between(-4.9, -4.1), .between(1.7, 1.9)),
    broadcasting(LogAddExp(), .between(-3, 3), .between(-3, 3)),
    [
      GradientCase(CopySign(), [([2, 3], .apart), ([3], .between(-2, -1))], varied: [0]),
      GradientCase(CopySign(), [([2, 1], .apart), ([3], .between(1, 2))], varied: [0]),
      GradientCase(LdExp(), [([2, 3], .between(-1, 1)), ([3], .integers([-2, 0, 3]))]),
      GradientCase(LdExp(), [([], .between(-1, 1)), ([2], .integers([1, -1]))]),
    ],
  ].flatMap { $0 }
}
