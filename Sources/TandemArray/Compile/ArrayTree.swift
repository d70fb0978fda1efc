/// What goes into a compiled region and what comes out of it: arrays, and values made of arrays.
///
/// Arrays become inputs and outputs of the compiled program. The rest – how many arrays there are,
/// which optionals are there, Swift numbers – is the value's structure: another structure is
/// another program. A type of your own conforms by handing over its parts in a fixed order:
///
///     struct Batch: ArrayTree {
///       var images, labels: NDArray
///       func append(to leaves: inout ArrayLeaves) {
///         images.append(to: &leaves)
///         labels.append(to: &leaves)
///       }
///       static func take(from leaves: inout ArrayLeafReader) -> Batch {
///         Batch(images: .take(from: &leaves), labels: .take(from: &leaves))
///       }
///     }
public protocol ArrayTree: Sendable {
  /// Hands over the arrays and the structure.
  func append(to leaves: inout ArrayLeaves)

  /// Makes a value of the arrays and the structure that ``append(to:)`` handed over.
  static func take(from leaves: inout ArrayLeafReader) -> Self
}

extension NDArray: ArrayTree {
  /// Hands over the array itself.
  @inline(__always)
  public func append(to leaves: inout ArrayLeaves) { leaves.append(self) }

  /// The next array.
  @inline(__always)
  public static func take(from leaves: inout ArrayLeafReader) -> NDArray { leaves.nextArray() }
}

extension Array: ArrayTree where Element: ArrayTree {
  /// Hands over the number of elements and each of them.
  public func append(to leaves: inout ArrayLeaves) {
    leaves.append(structure: count)
    for element in self { element.append(to: &leaves) }
  }

  /// An array of as many elements as were handed over.
  public static func take(from leaves: inout ArrayLeafReader) -> [Element] {
    (0..<leaves.nextStructure()).map { _ in .take(from: &leaves) }
  }
}

extension Optional: ArrayTree where Wrapped: ArrayTree {
  /// Hands over whether there is a value, and the value.
  public func append(to leaves: inout ArrayLeaves) {
    leaves.append(structure: self == nil ? 0 : 1)
    self?.append(to: &leaves)
  }

  /// A value if one was handed over.
  public static func take(from leaves: inout ArrayLeafReader) -> Wrapped? {
    leaves.nextStructure() == 0 ? nil : Wrapped.take(from: &leaves)
  }
}

extension Dictionary: ArrayTree where Key == String, Value: ArrayTree {
  /// Hands over the keys, in the order of their text, and their values.
  public func append(to leaves: inout ArrayLeaves) {
    leaves.append(structure: count)
    for key in keys.sorted() {
      leaves.append(structure: key.utf8.count)
      for byte in key.utf8 { leaves.append(structure: Int(byte)) }
      self[key]?.append(to: &leaves)
    }
  }

  /// The keys and values that were handed over.
  public static func take(from leaves: inout ArrayLeafReader) -> [String: Value] {
    var result: [String: Value] = [:]
    for _ in 0..<leaves.nextStructure() {
      let bytes = (0..<leaves.nextStructure()).map { _ in UInt8(leaves.nextStructure()) }
      result[String(decoding: bytes, as: UTF8.self)] = .take(from: &leaves)
    }
    return result
  }
}

extension Int: ArrayTree {
  /// A Swift number is part of the structure: another number is another program.
  public func append(to leaves: inout ArrayLeaves) { leaves.append(structure: self) }

  /// The number that was handed over.
  public static func take(from leaves: inout ArrayLeafReader) -> Int { leaves.nextStructure() }
}

extension Bool: ArrayTree {
  /// A truth value is part of the structure: the other one is another program.
  public func append(to leaves: inout ArrayLeaves) { leaves.append(structure: self ? 1 : 0) }

  /// The truth value that was handed over.
  public static func take(from leaves: inout ArrayLeafReader) -> Bool {
    leaves.nextStructure() != 0
  }
}
