// How shapes, dtypes and numbers stand in saved attributes of operators.

extension Shape: Codable {
  /// A shape from a list of lengths, each less than 2³¹, so that products of two do not overflow in
  /// the rules that meet it.
  ///
  /// - Throws: `ShapeError` as ``init(checking:)``, and what the decoder throws.
  public init(from decoder: any Decoder) throws {
    let lengths = try [Int](from: decoder)
    if let length = lengths.first(where: { $0 > Int32.max }) {
      throw ShapeError("shape: axis too long: \(length)")
    }
    try self.init(checking: lengths)
  }

  /// The lengths, as a list.
  public func encode(to encoder: any Encoder) throws { try array.encode(to: encoder) }
}

extension DType: Codable {
  /// A dtype by its name.
  ///
  /// - Throws: `DecodingError` if there is none of this name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let name = try container.decode(String.self)
    guard let dtype = DType(named: name) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "unknown dtype \"\(name)\"")
    }
    self = dtype
  }

  /// The name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension ScalarValue: Codable {
  private enum CodingKeys: String, CodingKey { case dtype, value }

  /// A number: its dtype, and its value as a truth value, an integer or a floating-point number.
  ///
  /// Floats are rounded to the nearest that the dtype has; a complex number has a real part only.
  ///
  /// - Throws: `DecodingError` if an integer dtype does not have that number.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let dtype = try container.decode(DType.self, forKey: .dtype)
    let isExact: Bool
    switch dtype.kind {
    case .bool:
      self.init(try container.decode(Bool.self, forKey: .value) ? 1 : 0, dtype)
      isExact = true
    case .integer where dtype == .uint64:
      self.init(try container.decode(UInt64.self, forKey: .value), dtype)
      isExact = true
    case .integer:
      let value = try container.decode(Int64.self, forKey: .value)
      self.init(value, dtype)
      isExact = int == value
    case .float, .complex:
      self.init(try container.decode(Double.self, forKey: .value), dtype)
      isExact = true
    }
    if !isExact {
      throw DecodingError.dataCorruptedError(
        forKey: .value, in: container, debugDescription: "\(dtype) does not have this number")
    }
  }

  /// Dtype and value.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(dtype, forKey: .dtype)
    switch dtype.kind {
    case .bool: try container.encode(bits != 0, forKey: .value)
    case .integer where dtype == .uint64: try container.encode(bits, forKey: .value)
    case .integer: try container.encode(Int64(int), forKey: .value)
    case .float, .complex: try container.encode(double, forKey: .value)
    }
  }
}
