/// A few tensor types, stored inline up to three: the inputs or outputs of one operator.
public struct TensorTypes: Sendable, Hashable {
  private var first: TensorType
  private var second: TensorType
  private var third: TensorType
  private var rest: [TensorType]
  /// How many there are.
  public private(set) var count: Int

  /// No types.
  public init() { self.init(emptyWith: TensorType(Shape(), .bool)) }

  private init(emptyWith none: TensorType) {
    (first, second, third, rest, count) = (none, none, none, [], 0)
  }

  /// One type.
  public init(_ only: TensorType) {
    self.init(emptyWith: only)
    count = 1
  }

  /// Two types.
  public init(_ first: TensorType, _ second: TensorType) {
    self.init(emptyWith: first)
    self.second = second
    count = 2
  }

  /// The types of a sequence.
  public init(_ types: some Sequence<TensorType>) {
    self.init()
    for type in types { append(type) }
  }

  /// Adds a type; the fourth and later ones allocate.
  public mutating func append(_ type: TensorType) {
    switch count {
    case 0: first = type
    case 1: second = type
    case 2: third = type
    default: rest.append(type)
    }
    count += 1
  }

  public static func == (lhs: TensorTypes, rhs: TensorTypes) -> Bool {
    lhs.count == rhs.count && lhs.indices.allSatisfy { lhs[$0] == rhs[$0] }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for type in self { hasher.combine(type) }
  }
}

extension TensorTypes: RandomAccessCollection, ExpressibleByArrayLiteral {
  public var startIndex: Int { 0 }
  public var endIndex: Int { count }

  public subscript(index: Int) -> TensorType {
    switch index {
    case 0: first
    case 1: second
    case 2: third
    default: rest[index - 3]
    }
  }

  public init(arrayLiteral elements: TensorType...) { self.init(elements) }
}

extension TensorTypes: CustomStringConvertible {
  /// `float32[2, 3], float32[4, 5]`.
  public var description: String { map(\.description).joined(separator: ", ") }
}
