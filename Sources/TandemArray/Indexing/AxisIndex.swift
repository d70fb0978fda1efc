/// What may stand between the brackets of ``NDArray/subscript(_:file:line:)``: integers, ranges,
/// ``Axis`` values and arrays.
public protocol AxisIndex: Sendable {
  /// What it means for an axis.
  var axisIndex: Axis { get }
}

/// An index for one axis (or, as `.ellipsis`, for as many as are left).
public struct Axis: AxisIndex {
  enum Kind: Sendable {
    case position(Int)
    /// Bounds as the user wrote them, negative ones counted from the end; `nil` is the end.
    case range(lower: Int?, upper: Int?, step: Int, written: String)
    case newAxis
    case ellipsis
    case array(NDArray)
  }

  let kind: Kind

  public var axisIndex: Axis { self }
}

extension AxisIndex where Self == Axis {
  /// The whole axis (`:` in NumPy).
  public static var all: Axis {
    Axis(kind: .range(lower: nil, upper: nil, step: 1, written: ".all"))
  }

  /// A new axis of length one (`numpy.newaxis`).
  public static var newAxis: Axis { Axis(kind: .newAxis) }

  /// As many whole axes as are left (`...` in NumPy).
  public static var ellipsis: Axis { Axis(kind: .ellipsis) }

  /// Every `by`-th position from `from` up to, without, `to`; a negative `by` goes backwards.
  /// `nil` is the respective end.
  public static func stride(from: Int? = nil, to: Int? = nil, by: Int) -> Axis {
    Axis(
      kind: .range(
        lower: from, upper: to, step: by,
        written: ".stride(from: \(from.map(String.init) ?? "nil"), "
          + "to: \(to.map(String.init) ?? "nil"), by: \(by))"))
  }
}

extension Int: AxisIndex {
  public var axisIndex: Axis { Axis(kind: .position(self)) }
}

extension Range: AxisIndex where Bound == Int {
  public var axisIndex: Axis {
    Axis(kind: .range(lower: lowerBound, upper: upperBound, step: 1, written: "\(self)"))
  }
}

extension ClosedRange: AxisIndex where Bound == Int {
  public var axisIndex: Axis {
    Axis(
      kind: .range(
        lower: lowerBound, upper: upperBound.end, step: 1, written: "\(self)"))
  }
}

extension PartialRangeFrom: AxisIndex where Bound == Int {
  public var axisIndex: Axis {
    Axis(kind: .range(lower: lowerBound, upper: nil, step: 1, written: "\(lowerBound)..."))
  }
}

extension PartialRangeUpTo: AxisIndex where Bound == Int {
  public var axisIndex: Axis {
    Axis(kind: .range(lower: nil, upper: upperBound, step: 1, written: "..<\(upperBound)"))
  }
}

extension PartialRangeThrough: AxisIndex where Bound == Int {
  public var axisIndex: Axis {
    Axis(
      kind: .range(
        lower: nil, upper: upperBound.end, step: 1, written: "...\(upperBound)"))
  }
}

extension Int {
  /// Behind this last position: `nil` of the end itself; of the largest number, which is out of
  /// range of every axis, the number.
  fileprivate var end: Int? {
    switch self {
    case -1: nil
    case .max: .max
    default: self + 1
    }
  }
}

extension NDArray: AxisIndex {
  /// An integer array gathers, a bool array (a mask) selects.
  public var axisIndex: Axis { Axis(kind: .array(self)) }
}
