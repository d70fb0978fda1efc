/// Finds a step along a direction that satisfies the strong Wolfe conditions: the loss falls
/// enough, and its slope has become small; with cubic interpolation.
///
/// - Reference: Nocedal and Wright, *Numerical Optimization*, algorithms 3.5 and 3.6.
struct WolfeSearch {
  private let loss: Double
  private let slope: Double
  private let decrease = 1e-4
  private let flatness = 0.9
  private let evaluationsMax = 25

  /// What is known of a point on the line.
  private struct Point {
    var length: Double
    var loss: Double
    var slope: Double
    var gradient: Flat?
  }

  /// - Parameters:
  ///   - loss: at the start of the line.
  ///   - slope: there, along the line; negative.
  init(_ loss: Double, _ slope: Double) { (self.loss, self.slope) = (loss, slope) }

  /// The length of the step, and loss and gradient at its end, where `move` was called last.
  func length(
    from guess: Double, _ direction: Flat, _ move: (Double) -> (loss: Double, gradient: Flat)
  ) -> (Double, (loss: Double, gradient: Flat)) {
    var count = 0
    func point(_ length: Double) -> Point {
      count += 1
      let (loss, gradient) = move(length)
      return Point(
        length: length, loss: loss, slope: gradient.dot(direction), gradient: gradient)
    }
    func finished(_ end: Point) -> (Double, (loss: Double, gradient: Flat)) {
      let found = move(end.length)
      return (end.length, found)
    }
    var (before, now) = (Point(length: 0, loss: loss, slope: slope), point(guess))
    while count < evaluationsMax {
      if !isLow(now) || (count > 1 && now.loss >= before.loss) {
        return finished(zoom(before, now, point))
      }
      if abs(now.slope) <= -flatness * slope { break }
      if now.slope >= 0 { return finished(zoom(now, before, point)) }
      let span = now.length - before.length
      let next = cubic(before, now, now.length + 0.01 * span, now.length * 10)
      (before, now) = (now, point(next))
    }
    guard let gradient = now.gradient else { return finished(now) }
    return (now.length, (now.loss, gradient))
  }

  private func isLow(_ point: Point) -> Bool {
    point.loss <= loss + decrease * point.length * slope
  }

  /// Narrows an interval whose better end is `low` until a point satisfies the conditions.
  private func zoom(
    _ low: Point, _ high: Point, _ point: (Double) -> Point
  ) -> Point {
    var (low, high) = (low, high)
    for _ in 0..<evaluationsMax where abs(high.length - low.length) > 1e-12 {
      let (left, right) = (min(low.length, high.length), max(low.length, high.length))
      var length = cubic(low, high, left, right)
      // Not too near an end, where nothing new is learnt.
      let margin = 0.1 * (right - left)
      length = min(max(length, left + margin), right - margin)
      let middle = point(length)
      if !isLow(middle) || middle.loss >= low.loss {
        high = middle
      } else {
        if abs(middle.slope) <= -flatness * slope { return middle }
        if middle.slope * (high.length - low.length) >= 0 { high = low }
        low = middle
      }
    }
    return low
  }

  /// The minimum of the cubic through two points and their slopes, between two lengths.
  private func cubic(_ a: Point, _ b: Point, _ least: Double, _ most: Double) -> Double {
    let (a, b) = a.length <= b.length ? (a, b) : (b, a)
    let d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.length - b.length)
    let square = d1 * d1 - a.slope * b.slope
    guard square >= 0, square.isFinite else { return (least + most) / 2 }
    let d2 = square.squareRoot()
    let place =
      b.length - (b.length - a.length) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return min(max(place.isNaN ? (least + most) / 2 : place, least), most)
  }
}
