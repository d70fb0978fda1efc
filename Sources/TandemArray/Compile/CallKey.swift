import TandemGraph

/// What decides which program of a region a call runs: the form and type of each array of the
/// arguments, their structure, and whether layers behave as in training.
struct CallKey: Sendable, Equatable {
  /// An array of the arguments.
  enum Leaf: Sendable, Equatable {
    case array(Layout, DType)
    case number(DType)
    /// A number literal is a constant.
    case literal(ScalarValue)
  }

  let leaves: [Leaf]
  let structure: [Int]
  let isTraining: Bool

  init(_ arguments: ArrayLeaves, isTraining: Bool) {
    leaves = arguments.arrays.map { array in
      switch array.handle.content {
      case .literal(let value): return .literal(value)
      case .number(let number): return .number(number.dtype)
      case .storage, .symbol:
        var layout = array.handle.layout
        layout.offset = 0
        return .array(layout, array.dtype)
      }
    }
    structure = arguments.structure
    self.isTraining = isTraining
  }

  /// Whether a call with these arguments has this key.
  func matches(_ arguments: ArrayLeaves, isTraining: Bool) -> Bool {
    guard self.isTraining == isTraining, arguments.arrays.count == leaves.count,
      arguments.structure == structure
    else { return false }
    for index in leaves.indices {
      let array = arguments.arrays[index]
      switch (array.handle.content, leaves[index]) {
      case (.storage, .array(let layout, let dtype)):
        guard array.handle.dtype == dtype, array.handle.layout.isAnywhere(layout) else {
          return false
        }
      case (.number(let number), .number(let dtype)):
        guard number.dtype == dtype else { return false }
      case (.literal(let value), .literal(let known)):
        guard value == known else { return false }
      default: return false
      }
    }
    return true
  }

  /// What is not as in another key, in words: `argument 0: float32[2, 3] → float32[4, 3]`.
  func difference(from old: CallKey) -> String {
    if isTraining != old.isTraining { return "isTraining: \(old.isTraining) → \(isTraining)" }
    for (index, (before, now)) in zip(old.leaves, leaves).enumerated() where before != now {
      let (a, b) = (CallKey.text(before), CallKey.text(now))
      return a == b ? "argument \(index): another memory order of \(a)" : "argument \(index): \(a) → \(b)"
    }
    if leaves.count != old.leaves.count {
      return "arguments: \(old.leaves.count) arrays → \(leaves.count) arrays"
    }
    return "arguments: structure \(old.structure) → \(structure)"
  }

  private static func text(_ leaf: Leaf) -> String {
    switch leaf {
    case .array(let layout, let dtype): "\(TensorType(layout.shape, dtype))"
    case .number(let dtype): "number \(dtype)"
    case .literal(let value): "literal \(value)"
    }
  }
}
