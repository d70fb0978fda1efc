/// A dtype and axes of which some are not known yet: `float32[batch, 3, 32, 32]`.
///
///     let type: PartialType = .float32(["batch", 3, 32, 32])
public struct PartialType: Hashable, Sendable {
  /// The length of an axis, as far as it is known.
  public enum Axis: Hashable, Sendable {
    /// So many elements.
    case length(Int)
    /// A length that depends on named ones; alone, a name.
    case dynamic(AxisExpression)
    /// Any length.
    case unknown

    /// An axis whose length has a name.
    public static func named(_ name: String) -> Axis {
      .dynamic(AxisExpression(terms: [AxisExpression.Term(coefficient: 1, axes: [name])]))
    }

    /// The name, if it is one.
    public var name: String? {
      guard case .dynamic(let expression) = self, expression.terms.count == 1,
        expression.terms[0].coefficient == 1, expression.terms[0].axes.count == 1
      else { return nil }
      return expression.terms[0].axes[0]
    }
  }

  /// The axes, outermost first.
  public var axes: [Axis]
  /// The element type.
  public var dtype: DType

  /// A type of these axes.
  public init(_ axes: [Axis], _ dtype: DType) { (self.axes, self.dtype) = (axes, dtype) }

  /// A type of which all is known.
  public init(_ type: TensorType) {
    self.init(type.shape.array.map { .length($0) }, type.dtype)
  }

  /// The `float32` type of some axes.
  public static func float32(_ axes: [Axis]) -> PartialType { PartialType(axes, .float32) }
  /// The `float64` type of some axes.
  public static func float64(_ axes: [Axis]) -> PartialType { PartialType(axes, .float64) }
  /// The `int64` type of some axes.
  public static func int64(_ axes: [Axis]) -> PartialType { PartialType(axes, .int64) }
  /// The `int32` type of some axes.
  public static func int32(_ axes: [Axis]) -> PartialType { PartialType(axes, .int32) }
  /// The `bool` type of some axes.
  public static func bool(_ axes: [Axis]) -> PartialType { PartialType(axes, .bool) }

  /// The names of axes, in order of appearance, each once.
  var names: [String] {
    axes.compactMap(\.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The type for these lengths of the named axes.
  ///
  /// - Throws: `ShapeError` if a length is not known or no shape has it.
  public func type(_ lengths: [String: Int]) throws(ShapeError) -> TensorType {
    var shape: [Int] = []
    for axis in axes {
      switch axis {
      case .length(let length): shape.append(length)
      case .dynamic(let expression):
        guard let length = expression.value(lengths) else {
          throw ShapeError("graph: the length of axis \(shape.count) is not known: \(self)")
        }
        shape.append(length)
      case .unknown:
        throw ShapeError("graph: the length of axis \(shape.count) is not known: \(self)")
      }
    }
    return TensorType(try Shape(checking: shape), dtype)
  }
}

extension PartialType.Axis: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  public init(integerLiteral length: Int) { self = .length(length) }
  public init(stringLiteral name: String) { self = .named(name) }
}

extension PartialType.Axis: CustomStringConvertible {
  /// `32`, `batch`, `2*batch`, `?`.
  public var description: String {
    switch self {
    case .length(let length): "\(length)"
    case .dynamic(let expression): "\(expression)"
    case .unknown: "?"
    }
  }
}

extension PartialType: CustomStringConvertible {
  /// `float32[batch, 3, 32, 32]`.
  public var description: String {
    "\(dtype)[\(axes.map(\.description).joined(separator: ", "))]"
  }
}

extension PartialType: Codable {
  private enum CodingKeys: String, CodingKey { case dtype, shape }

  /// Dtype and shape; in the shape, named axes are texts.
  ///
  /// - Throws: what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      try container.decode([Axis].self, forKey: .shape),
      try container.decode(DType.self, forKey: .dtype))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dtype, forKey: .dtype)
    try container.encode(axes, forKey: .shape)
  }
}

extension PartialType.Axis: Codable {
  /// A number, or the name of an axis.
  ///
  /// - Throws: `DecodingError` if it is neither.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let name = try? container.decode(String.self) {
      guard AxisExpression.isName(name) else {
        throw DecodingError.dataCorruptedError(
          in: container, debugDescription: "no name of an axis: \"\(name.prefix(80))\"")
      }
      self = .named(name)
    } else {
      self = .length(try container.decode(Int.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if case .length(let length) = self {
      try container.encode(length)
    } else {
      try container.encode(description)
    }
  }
}
