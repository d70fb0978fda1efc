/// One way to write a digit: polylines in a box from −1 to 1, y down, about as wide as 0.6 to each
/// side.
struct DigitSkeleton {
  /// Where the pen goes each time that it is put down.
  let strokes: [[Point]]

  private init(_ strokes: [Point]...) { self.strokes = strokes }

  /// The ways to write each of the ten digits.
  static let all: [[DigitSkeleton]] = [
    zero, one, two, three, four, five, six, seven, eight, nine,
  ]

  private static let zero = [
    DigitSkeleton(arc(0, 0, 0.6, 1, from: 0, to: 12)),
    DigitSkeleton(arc(0, 0, 0.4, 0.95, from: -3, to: 9)),
    DigitSkeleton(arc(0, 0, 0.55, 1, from: -2, to: 9) + line((0.1, -0.95))),
  ]

  private static let one = [
    DigitSkeleton(line((0, -1), (0, 0), (0, 1))),
    DigitSkeleton(line((-0.35, -0.6), (0, -1), (0, 0), (0, 1))),
    DigitSkeleton(
      line((-0.3, -0.65), (0.05, -1), (0.05, 0), (0.05, 1)), line((-0.4, 1), (0.45, 1))),
  ]

  private static let two = [
    DigitSkeleton(
      arc(0, -0.45, 0.55, 0.55, from: 6, to: 13) + line((0, 0.4), (-0.55, 1), (0, 1), (0.6, 1))),
    DigitSkeleton(
      arc(0, -0.5, 0.5, 0.5, from: 7, to: 13) + line((0, 0.35))
        + arc(-0.3, 0.75, 0.2, 0.2, from: 3, to: 11) + line((0.1, 0.85), (0.35, 0.95), (0.65, 0.85))
    ),
  ]

  private static let three = [
    DigitSkeleton(
      arc(-0.05, -0.5, 0.5, 0.5, from: 7, to: 15) + arc(-0.05, 0.5, 0.55, 0.5, from: -3, to: 5)),
    DigitSkeleton(
      line((-0.5, -1), (0, -1), (0.45, -1), (0.2, -0.6), (-0.05, -0.15))
        + arc(-0.05, 0.4, 0.55, 0.6, from: -3, to: 5)),
  ]

  private static let four = [
    DigitSkeleton(
      line((-0.35, -1), (-0.45, -0.4), (-0.5, 0.1), (0, 0.1), (0.55, 0.1)),
      line((0.3, -0.8), (0.28, 0.1), (0.25, 1))),
    DigitSkeleton(
      line((0.25, 1), (0.25, 0), (0.25, -1), (-0.2, -0.35), (-0.55, 0.25), (0, 0.25), (0.6, 0.25))),
    DigitSkeleton(
      line((-0.5, -0.9), (-0.45, -0.2), (0, -0.1), (0.45, -0.2)),
      line((0.45, -0.9), (0.45, 0), (0.4, 1))),
  ]

  private static let five = [
    DigitSkeleton(
      line((0.5, -1), (0, -1), (-0.38, -1), (-0.42, -0.15))
        + arc(-0.05, 0.4, 0.55, 0.6, from: -4, to: 5)),
    DigitSkeleton(
      line((-0.4, -0.95), (-0.42, -0.1)) + arc(-0.05, 0.4, 0.5, 0.55, from: -3, to: 4.5),
      line((-0.4, -0.95), (0, -0.98), (0.55, -1))),
  ]

  private static let six = [
    DigitSkeleton(
      arc(0.4, 0.45, 0.93, 1.45, from: -3, to: -6, step: -0.5)
        + arc(-0.02, 0.5, 0.5, 0.5, from: -6, to: 6)),
    DigitSkeleton(
      line((0.1, -1), (-0.3, -0.3), (-0.48, 0.4))
        + arc(0, 0.5, 0.48, 0.45, from: 6, to: -6, step: -1)),
  ]

  private static let seven = [
    DigitSkeleton(line((-0.5, -1), (0, -1), (0.5, -1), (0.2, 0), (-0.1, 1))),
    DigitSkeleton(
      line((-0.5, -0.95), (0, -1), (0.5, -1), (0.2, 0), (0, 1)), line((-0.25, 0), (0.5, 0))),
    DigitSkeleton(line((-0.5, -0.65), (-0.5, -1), (0, -1), (0.5, -1), (0.05, 0), (-0.1, 1))),
  ]

  private static let eight = [
    DigitSkeleton(
      arc(0, -0.5, 0.42, 0.48, from: 3, to: 15) + arc(0, 0.5, 0.52, 0.5, from: -3, to: 9)),
    DigitSkeleton(
      arc(0, -0.52, 0.45, 0.45, from: -1, to: -8, step: -1) + line((0, 0), (0.3, 0.25))
        + arc(0, 0.52, 0.45, 0.45, from: -1, to: 8) + line((0, 0), (0.4, -0.7))),
  ]

  private static let nine = [
    DigitSkeleton(
      arc(0, -0.45, 0.48, 0.52, from: 0, to: -12, step: -1) + line((0.46, 0.2), (0.4, 1))),
    DigitSkeleton(
      arc(-0.02, -0.45, 0.48, 0.5, from: 0, to: -12, step: -1)
        + arc(-0.4, -0.4, 0.88, 1.4, from: 0.5, to: 2.5, step: 0.5)),
    DigitSkeleton(
      arc(0, -0.5, 0.45, 0.45, from: -1.5, to: -11.5, step: -1)
        + line((0.4, -0.8), (0.42, 0), (0.1, 1))),
  ]

  private static func line(_ points: (Float, Float)...) -> [Point] {
    points.map { Point(x: $0.0, y: $0.1) }
  }

  /// A piece of an ellipse; angles in twelfths of a turn, clockwise from the right.
  private static func arc(
    _ x: Float, _ y: Float, _ radiusX: Float, _ radiusY: Float, from: Float, to: Float,
    step: Float = 1
  ) -> [Point] {
    stride(from: from, through: to, by: step).map { angle in
      Point(x: x + radiusX * cosine(angle), y: y + radiusY * cosine(angle - 3))
    }
  }

  /// The cosine of a whole number of 24ths of a turn, given in twelfths.
  private static func cosine(_ angle: Float) -> Float {
    let quarter: [Float] = [1, 0.965_925_8, 0.866_025_4, 0.707_106_8, 0.5, 0.258_819, 0]
    let index = (Int(angle * 2) % 24 + 24) % 24
    let mirrored = index > 12 ? 24 - index : index
    return mirrored <= 6 ? quarter[mirrored] : -quarter[12 - mirrored]
  }
}
