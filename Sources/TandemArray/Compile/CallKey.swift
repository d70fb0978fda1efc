/// What the thread's scope says about a call.
struct CallMode: Sendable, Equatable {
  /// Whether layers behave as in training.
  var isTraining = false
  /// What float32 parameters are narrowed to.
  var precision: DType?
  /// What the tape that records the call may treat as a leaf; `nil` if none records it.
  var tape: Tape.Kind?
  /// Which arrays of the arguments are on that tape.
  var linked: [Bool] = []
  /// Where the program runs: where the first array lies, else where new arrays are made.
  var device: Device

  /// What the scope says, with one tape at most.
  init(_ scope: Scope?, _ arguments: [NDArray]) {
    device = NDArray.device(of: arguments)
    guard let scope else { return }
    isTraining = scope.isTraining
    precision = scope.precision
    guard let tape = scope.tapes.last else { return }
    self.tape = tape.kind
    linked = arguments.map { $0.handle.links.value(on: tape) != nil }
  }

  /// The precision in words.
  var precisionText: String { precision.map { "\($0)" } ?? "as declared" }

  /// In words.
  var text: String {
    guard tape != nil else { return "none" }
    let arguments = linked.indices.filter { linked[$0] }.map { "argument \($0)" }
    return (arguments + (tape == .parameters ? ["parameters"] : [])).joined(separator: ", ")
  }
}

extension NDArray {
  /// Where the first of some arrays lies; where new arrays are made if none has memory.
  static func device(of arrays: [NDArray]) -> Device {
    for array in arrays {
      if let storage = array.handle.unmanagedStorage {
        return storage._withUnsafeGuaranteedRef { $0.device }
      }
    }
    return .current
  }
}

/// What decides which program of a region a call runs: the form and type of each array of the
/// arguments, their structure, and the mode.
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
  let mode: CallMode

  init(_ arguments: ArrayLeaves, _ mode: CallMode) {
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
    self.mode = mode
  }

  /// Whether a call with these arguments has this key.
  func matches(_ arguments: ArrayLeaves, _ mode: CallMode) -> Bool {
    guard self.mode == mode, arguments.arrays.count == leaves.count,
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
    if mode.isTraining != old.mode.isTraining {
      return "isTraining: \(old.mode.isTraining) → \(mode.isTraining)"
    }
    if mode.precision != old.mode.precision {
      let (a, b) = (old.mode.precisionText, mode.precisionText)
      return "precision: \(a) → \(b)"
    }
    if mode.device != old.mode.device {
      return "device: \(old.mode.device) → \(mode.device)"
    }
    if mode != old.mode { return "gradients: \(old.mode.text) → \(mode.text)" }
    for (index, (before, now)) in zip(old.leaves, leaves).enumerated() where before != now {
      let (a, b) = (CallKey.text(before), CallKey.text(now))
      return a == b
        ? "argument \(index): another memory order of \(a)" : "argument \(index): \(a) → \(b)"
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
