import TandemArray
import TandemShapes

/// Arrays as a data set: item *i* is row *i* of the inputs and of the targets.
///
///     let set = ArraySet(inputs, targets)          // [1000, 8] and [1000]
///     for batch in set.batches(of: 50, shuffled: true) { … }  // [50, 8] and [50]
public struct ArraySet: DataSet {
  /// All inputs, along the first axis.
  public let inputs: NDArray
  /// All targets, along the first axis.
  public let targets: NDArray
  public let passes = PassCounter()

  /// A set of as many items as the arrays have rows.
  ///
  /// - Parameters:
  ///   - inputs: `[count, …]`; batches are copies of its bytes.
  ///   - targets: `[count, …]`.
  public init(
    _ inputs: NDArray, _ targets: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    guard inputs.rank > 0, targets.rank > 0, inputs.shape[0] == targets.shape[0] else {
      fail(
        "array set: not as many inputs as targets: \(inputs.type), \(targets.type)",
        at: CallSite(file, line))
    }
    (self.inputs, self.targets) = (inputs.detached(), targets.detached())
  }

  public var count: Int { inputs.shape[0] }

  /// Row `index` of both arrays.
  public func item(_ index: Int, key: RandomKey) throws -> Sample {
    let one = try batch([index]) { _ in key }
    return Sample(
      one.input.reshaped(Shape(Array(inputs.shape.array.dropFirst()))),
      one.target.reshaped(Shape(Array(targets.shape.array.dropFirst()))))
  }

  /// Copies the rows.
  public func batch(_ indices: [Int], key: (Int) -> RandomKey) throws -> Sample {
    if let wrong = indices.first(where: { !(0..<count).contains($0) }) {
      throw DataSetError(.missing, "array set: no item \(wrong) of \(count)")
    }
    return Sample(try inputs.rows(indices), try targets.rows(indices))
  }
}

extension NDArray {
  /// Rows along the first axis, copied by the calling thread once they are computed.
  func rows(_ indices: [Int]) throws -> NDArray {
    let shape = [indices.count] + shape.array.dropFirst()
    let size = shape.dropFirst().reduce(1, *) * dtype.byteCount
    return try withUnsafeBytes { bytes in
      NDArray.filled(Shape(shape), dtype) { memory in
        guard let from = bytes.baseAddress, size > 0 else { return }
        for (place, index) in indices.enumerated() {
          (memory + place * size).copyMemory(from: from + index * size, byteCount: size)
        }
      }
    }
  }
}
