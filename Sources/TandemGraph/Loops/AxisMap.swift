/// Which axis of an array each axis of an iteration walks along; -1 where the array has no such
/// axis and repeats, or is reduced.
struct AxisMap: Hashable, Sendable {
  var axes: [Int]

  init(_ axes: [Int]) { self.axes = axes }

  subscript(axis: Int) -> Int { axes[axis] }

  /// The axis of the iteration that walks along an axis of the array.
  func iterationAxis(of axis: Int) -> Int? { axes.firstIndex(of: axis) }

  /// The map after the array has been seen through a view.
  ///
  /// - Parameter view: for each axis of the view the axis of what it shows, or -1.
  func through(_ view: AxisMap) -> AxisMap { AxisMap(axes.map { $0 < 0 ? -1 : view[$0] }) }

  /// The map for an iteration whose axes are a selection of this one's.
  ///
  /// - Parameter order: for each new axis, the axis it was.
  func reordered(_ order: [Int]) -> AxisMap { AxisMap(order.map { axes[$0] }) }

  /// The layout that an iteration of some shape sees of an array.
  func layout(of array: Layout, shape: Shape) -> Layout {
    Layout(
      shape, strides: axes.map { $0 < 0 ? 0 : array.stride($0) }, offset: array.offset)
  }

  /// Reads the map off a layout whose strides tell the axes of an array apart; `nil` if the layout
  /// is no mere choice and repetition of them.
  ///
  /// - Parameters:
  ///   - seen: what a lowering or a view made of `marked`.
  ///   - marked: the array, each axis that is longer than one with a stride of its own.
  init?(_ seen: Layout, of marked: Layout) {
    guard seen.offset == marked.offset else { return nil }
    var axes: [Int] = []
    for axis in 0..<seen.rank {
      let (length, stride) = (seen.shape[axis], seen.stride(axis))
      if length == 1 || stride == 0 {
        axes.append(-1)
        continue
      }
      let source = (0..<marked.rank).first {
        marked.shape[$0] == length && length != 1 && marked.stride($0) == stride
      }
      guard let source, !axes.contains(source) else { return nil }
      axes.append(source)
    }
    self.axes = axes
  }
}

extension Layout {
  /// Primes: no stride is another one times a length.
  private static let markers = [
    1_073_741_827, 1_073_741_831, 1_073_741_833, 1_073_741_839, 1_073_741_843, 1_073_741_857,
    1_073_741_891, 1_073_741_909,
  ]

  /// A layout of a shape whose strides tell the axes apart, whatever their lengths, and that looks
  /// dense to nobody.
  static func marked(_ shape: Shape) -> Layout {
    Layout(shape, strides: markers.prefix(shape.rank))
  }
}
