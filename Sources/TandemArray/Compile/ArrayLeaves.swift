/// The arrays of a value in order, and the numbers that describe how the value is made of them.
public struct ArrayLeaves: Sendable {
  /// The arrays.
  package var arrays: [NDArray] = []
  /// Counts, presence and Swift numbers, in order.
  package var structure: [Int] = []

  /// Nothing yet.
  public init() {}

  /// Adds an array.
  @inline(__always)
  public mutating func append(_ array: NDArray) { arrays.append(array) }

  /// Adds a number that belongs to the value's structure.
  public mutating func append(structure number: Int) { structure.append(number) }

  /// Forgets everything but the memory.
  mutating func removeAll() {
    arrays.removeAll(keepingCapacity: true)
    structure.removeAll(keepingCapacity: true)
  }
}

/// Hands out what ``ArrayLeaves`` collected, in the same order.
public struct ArrayLeafReader {
  private var arrays: [NDArray]
  private let structure: [Int]
  private var nextArrayPosition = 0
  private var nextStructurePosition = 0

  init(_ leaves: ArrayLeaves) { (arrays, structure) = (leaves.arrays, leaves.structure) }

  init(_ arrays: [NDArray], structure: [Int]) {
    (self.arrays, self.structure) = (arrays, structure)
  }

  /// The next array.
  @inline(__always)
  public mutating func nextArray() -> NDArray {
    defer { nextArrayPosition += 1 }
    return arrays[nextArrayPosition]
  }

  /// The next number of the structure.
  public mutating func nextStructure() -> Int {
    defer { nextStructurePosition += 1 }
    return structure[nextStructurePosition]
  }

  /// Exchanges the arrays, so that their buffer is never shared.
  mutating func swapArrays(_ other: inout [NDArray]) { swap(&arrays, &other) }
}
