/// How many spatial axes a layer has: the arrays it takes are `[batch, channels, spatial...]`.
public protocol SpatialAxes: Sendable {
  /// From one to three.
  static var count: Int { get }
}

/// One spatial axis: `[batch, channels, length]`.
public enum OneAxis: SpatialAxes {
  public static var count: Int { 1 }
}

/// Two spatial axes: `[batch, channels, height, width]`.
public enum TwoAxes: SpatialAxes {
  public static var count: Int { 2 }
}

/// Three spatial axes: `[batch, channels, depth, height, width]`.
public enum ThreeAxes: SpatialAxes {
  public static var count: Int { 3 }
}

/// One number for each spatial axis of a layer, or one for all: `2`, or `[2, 3]`.
public protocol AxisLengths: Sendable {
  /// The numbers, as many as there are axes, or one.
  var axisLengths: [Int] { get }
}

extension Int: AxisLengths {
  public var axisLengths: [Int] { [self] }
}

extension [Int]: AxisLengths {
  public var axisLengths: [Int] { self }
}

/// What a layer puts around its input: a number, one for each spatial axis, or `.same`.
public protocol AxisPadding: Sendable {
  /// The padding as data.
  var spatialPadding: SpatialPadding { get }
}

/// What a layer puts around its input, as data.
public enum SpatialPadding: Hashable, AxisPadding {
  /// So many positions at both ends of each axis.
  case widths([Int])
  /// As many as give `length / stride` windows, rounded up; of an odd number the greater half is
  /// put at the end, as TensorFlow and PyTorch do.
  case sameLength

  public var spatialPadding: SpatialPadding { self }
}

extension AxisPadding where Self == SpatialPadding {
  /// As much padding as gives `length / stride` windows, rounded up.
  public static var same: SpatialPadding { .sameLength }
}

extension Int: AxisPadding {
  public var spatialPadding: SpatialPadding { .widths([self]) }
}

extension [Int]: AxisPadding {
  public var spatialPadding: SpatialPadding { .widths(self) }
}

/// Where the windows of a layer lie, with one number for each spatial axis in each list.
public struct SpatialWindow: Hashable, Sendable {
  /// How many positions a window looks at.
  public let lengths: [Int]
  /// The step between windows.
  public let stride: [Int]
  /// What is put at the ends of each axis.
  public let padding: SpatialPadding
  /// The distance of neighbouring positions of a window.
  public let dilation: [Int]

  /// What a user's numbers mean.
  ///
  /// - Parameters:
  ///   - name: what the layer calls its window: `kernel`, `window`.
  ///   - layer: its name in messages, with which the process ends if the numbers are wrong.
  init(
    _ name: String, _ lengths: [Int], stride: [Int], padding: SpatialPadding,
    dilation: [Int] = [1], of layer: LayerName
  ) {
    self.lengths = layer.axes(name, lengths, atLeast: 1)
    self.stride = layer.axes("stride", stride, atLeast: 1)
    self.dilation = layer.axes("dilation", dilation, atLeast: 1)
    if case .widths(let widths) = padding {
      self.padding = .widths(layer.axes("padding", widths, atLeast: 0))
    } else {
      self.padding = padding
    }
  }

  /// How many positions are put before and after each spatial axis of an input.
  func widths(for shape: Shape) -> (before: [Int], after: [Int]) {
    if case .widths(let widths) = padding { return (widths, widths) }
    guard shape.rank == lengths.count + 2 else {
      return (lengths.map { _ in 0 }, lengths.map { _ in 0 })
    }
    let total = lengths.indices.map { axis in
      let (length, reach) = (shape[axis + 2], dilation[axis] * (lengths[axis] - 1) + 1)
      let windows = (length + stride[axis] - 1) / stride[axis]
      return max(0, (windows - 1) * stride[axis] + reach - length)
    }
    return (total.map { $0 / 2 }, total.map { $0 - $0 / 2 })
  }
}

/// A layer's name in messages, with the number of its spatial axes and the place of the call.
struct LayerName {
  let text: String
  let axes: Int
  let site: CallSite

  init(_ text: String, _ axes: Int, at site: CallSite) {
    (self.text, self.axes, self.site) = (text, axes, site)
  }

  /// One number for each axis, from a list that a user gave; ends with a message if it is wrong.
  func axes(_ what: String, _ values: [Int], atLeast least: Int) -> [Int] {
    guard values.count == 1 || values.count == axes else {
      fail(
        "\(text): \(what) needs one number, or one for each of \(axes) axes, got \(values)",
        at: site)
    }
    for value in values where value < least {
      let rule = least > 0 ? "must be positive" : "must not be negative"
      fail("\(text): \(what) \(rule), got \(value)", at: site)
    }
    return values.count == axes ? values : Array(repeating: values[0], count: axes)
  }
}
