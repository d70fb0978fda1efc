/// A literal of numbers nested in brackets: `[[1, 2], [3, 4]]`. Its numbers become float32 unless a
/// dtype is given, truth values bool.
public struct NestedLiteral: Sendable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
  private enum Content: Sendable {
    case number(Double)
    case integer(Int)
    case truth(Bool)
    case list([NestedLiteral])
  }

  private let content: Content

  public init(integerLiteral value: Int) { content = .integer(value) }
  public init(floatLiteral value: Double) { content = .number(value) }
  public init(booleanLiteral value: Bool) { content = .truth(value) }
  public init(arrayLiteral elements: NestedLiteral...) { content = .list(elements) }

  /// The lengths of the axes, following the first element of each list.
  var shape: [Int] {
    guard case .list(let elements) = content else { return [] }
    return [elements.count] + (elements.first?.shape ?? [])
  }

  /// Whether all leaves are truth values.
  var isBoolean: Bool {
    switch content {
    case .truth: true
    case .list(let elements): !elements.isEmpty && elements.allSatisfy(\.isBoolean)
    default: false
    }
  }

  /// Appends the leaves in row-major order; `false` if the lists do not all have `shape`.
  func flatten(_ shape: ArraySlice<Int>, into leaves: inout [ScalarValue], _ dtype: DType) -> Bool {
    switch content {
    case .number(let value): leaves.append(ScalarValue(value, dtype))
    case .integer(let value): leaves.append(ScalarValue(value, dtype))
    case .truth(let value): leaves.append(ScalarValue(value ? 1 : 0, dtype))
    case .list(let elements):
      guard let length = shape.first, elements.count == length else { return false }
      return elements.allSatisfy { $0.flatten(shape.dropFirst(), into: &leaves, dtype) }
    }
    return shape.isEmpty
  }
}

extension NDArray {
  /// An array from nested lists of numbers: `NDArray([[1, 2], [3, 4]])`, float32 unless a dtype is
  /// given (truth values: bool).
  public init(
    _ literal: NestedLiteral, dtype: DType? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let dtype = dtype ?? (literal.isBoolean ? .bool : .float32)
    var leaves: [ScalarValue] = []
    do throws(ShapeError) {
      let shape = try Shape(checking: literal.shape)
      guard literal.flatten(shape.array[...], into: &leaves, dtype) else {
        throw ShapeError("array: the nested lists are not a rectangle of shape \(shape)")
      }
      if shape.rank == 0 {
        self.init(ArrayHandle(leaves[0]))
        return
      }
      self = NDArray.filled(shape, dtype) { base in
        for (index, leaf) in leaves.enumerated() {
          ElementCodec.store(leaf, at: base + index * dtype.byteCount)
        }
      }
    } catch {
      fail(error.message, at: CallSite(file, line))
    }
  }

  /// An array from Swift arrays of numbers, nested to any depth: of the numbers' own dtype
  /// (`Int` is int64, `Float` float32, `Double` float64) unless one is given.
  @_disfavoredOverload
  public init<N: NestedScalars>(
    _ values: [N], dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    var leaves: [N.Leaf] = []
    do throws(ShapeError) {
      let shape = try Shape(checking: values.nestedShape)
      guard values.appendLeaves(shape.array[...], to: &leaves) else {
        throw ShapeError("array: the nested arrays are not a rectangle of shape \(shape)")
      }
      self.init(leaves, shape: shape, dtype: dtype, file: file, line: line)
    } catch {
      fail(error.message, at: CallSite(file, line))
    }
  }
}

/// Swift arrays of numbers, nested to any depth.
public protocol NestedScalars {
  /// The type of the numbers.
  associatedtype Leaf: Scalar
  /// The lengths of the axes, following the first element of each array.
  var nestedShape: [Int] { get }
  /// Appends the numbers in row-major order; `false` if the arrays do not all have `shape`.
  func appendLeaves(_ shape: ArraySlice<Int>, to leaves: inout [Leaf]) -> Bool
}

extension Array: NestedScalars where Element: NestedScalars {
  /// The type of the numbers in the innermost arrays.
  public typealias Leaf = Element.Leaf

  public var nestedShape: [Int] { [count] + (first?.nestedShape ?? []) }

  public func appendLeaves(_ shape: ArraySlice<Int>, to leaves: inout [Element.Leaf]) -> Bool {
    guard let length = shape.first, count == length else { return false }
    return allSatisfy { $0.appendLeaves(shape.dropFirst(), to: &leaves) }
  }
}

extension NestedScalars where Self: Scalar, Leaf == Self {
  public var nestedShape: [Int] { [] }

  public func appendLeaves(_ shape: ArraySlice<Int>, to leaves: inout [Self]) -> Bool {
    leaves.append(self)
    return shape.isEmpty
  }
}

extension Double: NestedScalars { public typealias Leaf = Double }
extension Float: NestedScalars { public typealias Leaf = Float }
extension Int: NestedScalars { public typealias Leaf = Int }
extension Int64: NestedScalars { public typealias Leaf = Int64 }
extension Int32: NestedScalars { public typealias Leaf = Int32 }
extension Int16: NestedScalars { public typealias Leaf = Int16 }
extension Int8: NestedScalars { public typealias Leaf = Int8 }
extension UInt: NestedScalars { public typealias Leaf = UInt }
extension UInt64: NestedScalars { public typealias Leaf = UInt64 }
extension UInt32: NestedScalars { public typealias Leaf = UInt32 }
extension UInt16: NestedScalars { public typealias Leaf = UInt16 }
extension UInt8: NestedScalars { public typealias Leaf = UInt8 }
extension Bool: NestedScalars { public typealias Leaf = Bool }
