/// Positions put around one axis; see ``SpatialPad``.
public typealias Pad1D = SpatialPad<OneAxis>
/// Positions put around two axes; see ``SpatialPad``.
public typealias Pad2D = SpatialPad<TwoAxes>
/// Positions put around three axes; see ``SpatialPad``.
public typealias Pad3D = SpatialPad<ThreeAxes>

/// What ``SpatialPad`` puts around an array.
public enum PadFilling: Hashable, Sendable {
  /// A number.
  case constant(Double)
  /// The elements before the edge in opposite order, the edge itself once (`ReflectionPad`).
  case reflection
  /// The element at the edge, over and over (`ReplicationPad`).
  case replication
  /// The elements from the other end on (`CircularPad`).
  case circular

  /// Zeros.
  public static var zeros: PadFilling { .constant(0) }
}

/// Positions put around the spatial axes: Gluon's `ReflectionPad2D`, PyTorch's `ZeroPad2d`,
/// `ConstantPad2d`, `ReflectionPad2d`, `ReplicationPad2d` and `CircularPad2d`, with one to three
/// axes.
///
/// - Input: `[batch, channels, spatial...]`. Output:
///   `[batch, channels, before + spatial + after...]`.
public struct SpatialPad<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "Pad\(Axes.count)D" }

  /// How many positions are put before each axis.
  public let before: [Int]
  /// How many positions are put after each axis.
  public let after: [Int]
  /// What they are.
  public let filling: PadFilling

  /// - Parameters:
  ///   - widths: how many positions are put at both ends of the axes; one number, or a list.
  ///   - filling: what they are.
  public init(
    _ widths: some AxisLengths, _ filling: PadFilling = .zeros, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    self.init(before: widths, after: widths, filling, file: file, line: line)
  }

  /// - Parameters:
  ///   - before: how many positions are put before the axes; one number, or a list.
  ///   - after: how many are put after them.
  ///   - filling: what they are.
  public init(
    before: some AxisLengths, after: some AxisLengths, _ filling: PadFilling = .zeros,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let name = LayerName(Self.layerName, Axes.count, at: CallSite(file, line))
    self.before = name.axes("width", before.axisLengths, atLeast: 0)
    self.after = name.axes("width", after.axisLengths, atLeast: 0)
    self.filling = filling
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    guard x.rank == Axes.count + 2 else {
      fail("padded: needs \(Axes.count) spatial axes after two others: \(x.type)", at: .unknown)
    }
    let widths = [(before: 0, after: 0), (0, 0)] + zip(before, after).map { ($0, $1) }
    return switch filling {
    case .constant(let value): x.padded(widths, value: value)
    case .reflection: x.padded(widths, mode: .reflect)
    case .replication: x.padded(widths, mode: .edge)
    case .circular: x.padded(widths, mode: .wrap)
    }
  }
}
