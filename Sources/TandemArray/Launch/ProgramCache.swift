import TandemThreads

/// The compiled kernel programs, by operator and input layouts.
///
/// A hash table of its own: a lookup compares what it was given with what programs were made for,
/// and so allocates nothing.
final class ProgramCache: Sendable {
  static let shared = ProgramCache()

  /// Open addressing; the capacity is a power of two of which at most half is used.
  private struct Table {
    var slots = [LaunchProgram?](repeating: nil, count: 1024)
    var count = 0
    /// How many of the programs are loops and branches.
    var loopCount = 0

    /// The position at which a program of this hash is or would be, the `skipped`-th of them.
    func position(_ hash: UInt64, skipping skipped: Int) -> Int {
      var position = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      var left = skipped
      while let found = slots[position] {
        if found.hash == hash {
          if left == 0 { return position }
          left -= 1
        }
        position = (position + 1) & (slots.count - 1)
      }
      return position
    }

    mutating func insert(_ program: LaunchProgram) {
      var position = Int(truncatingIfNeeded: program.hash) & (slots.count - 1)
      while slots[position] != nil { position = (position + 1) & (slots.count - 1) }
      slots[position] = program
      count += 1
    }

    mutating func grow() {
      let old = slots
      slots = [LaunchProgram?](repeating: nil, count: old.count * 2)
      count = 0
      for program in old { if let program { insert(program) } }
    }
  }

  private let table = Guarded(Table())

  /// The program of an operator for these inputs, lowered at the first request.
  ///
  /// - Throws: `ShapeError` of the operator's shape rule, with its name.
  @_semantics("optimize.sil.specialize.generic.never")
  func program<O: Op>(_ op: O, _ inputs: [NDArray]) throws(ShapeError) -> LaunchProgram {
    let hash = ProgramCache.hash(op, inputs)
    if let known = find(op, inputs, hash) { return known }
    return try make(op, inputs, hash)
  }

  /// The program of an operator for these inputs, if it has been made.
  @_semantics("optimize.sil.specialize.generic.never")
  func find<O: Op>(_ op: O, _ inputs: [NDArray], _ hash: UInt64) -> LaunchProgram? {
    var skipped = 0
    // Users' operators compare themselves, so not under the lock.
    while let found = candidate(hash, skipping: skipped) {
      if found.op.holds(op), found.takes(inputs, numbers: O.acceptsNumbers) { return found }
      skipped += 1
    }
    return nil
  }

  private func candidate(_ hash: UInt64, skipping skipped: Int) -> LaunchProgram? {
    table.withLock { $0.slots[$0.position(hash, skipping: skipped)] }
  }

  /// Lowers an operator and keeps the program.
  ///
  /// - Throws: `ShapeError` of the operator's shape rule, with its name.
  @_semantics("optimize.sil.specialize.generic.never")
  func make<O: Op>(
    _ op: O, _ inputs: [NDArray], _ hash: UInt64
  ) throws(ShapeError) -> LaunchProgram {
    let program = try ProgramCache.lower(op, inputs, hash)
    // What no longer has room is released outside of the lock.
    var old = Table()
    table.withLock { table in
      // Shapes that never repeat must not fill the memory.
      if O.self is any SubgraphOp.Type { table.loopCount += 1 }
      if table.count >= Limits.programsMax || table.loopCount > Limits.loopProgramsMax {
        swap(&table, &old)
      }
      if table.count * 2 >= table.slots.count { table.grow() }
      table.insert(program)
    }
    return program
  }

  /// A number that equal operators on inputs that lie equally have in common.
  @_semantics("optimize.sil.specialize.generic.never")
  static func hash<O: Op>(_ op: O, _ inputs: [NDArray]) -> UInt64 {
    var hash = FastHash(UInt64(UInt(bitPattern: ObjectIdentifier(O.self))))
    if MemoryLayout<O>.size != 0 { hash.combine(op.hashValue) }
    combine(inputs, O.acceptsNumbers, into: &hash)
    return hash.value
  }

  private static func combine(_ inputs: [NDArray], _ numbers: Bool, into hash: inout FastHash) {
    for input in inputs {
      let handle = input.handle
      let isNumber = numbers && handle.holdsNumber
      hash.combine(Int(handle.dtype.rawValue) << 9 | (isNumber ? 256 : 0) | handle.layout.rank)
      for axis in 0..<handle.layout.rank {
        hash.combine(handle.layout.shape[axis])
        hash.combine(handle.layout.stride(axis))
      }
    }
  }

  @_semantics("optimize.sil.specialize.generic.never")
  private static func lower<O: Op>(
    _ op: O, _ arrays: [NDArray], _ hash: UInt64
  ) throws(ShapeError) -> LaunchProgram {
    let inputs = arrays.map { array in
      var layout = array.handle.layout
      layout.offset = 0
      return LaunchProgram.Input(
        layout: layout, dtype: array.dtype,
        isNumber: O.acceptsNumbers && array.handle.holdsNumber)
    }
    let types = TensorTypes(inputs.lazy.map { TensorType($0.layout.shape, $0.dtype) })
    let outputs = try op.checkedOutputTypes(for: types)
    let layouts = inputs.filter { !$0.isNumber }.map(\.layout)
    var lowering = Lowering(
      outputs: outputs.indices.map {
        (op.outputLayout(for: outputs[$0], at: $0, inputs: layouts), outputs[$0].dtype)
      },
      inputs: inputs.map { ($0.layout, $0.dtype) }, scalarInputs: inputs.map(\.isNumber))
    op.lower(types, to: &lowering)
    return LaunchProgram(
      lowering.program(named: O.name), hash: hash, op: OpBox.make(op), inputs: inputs)
  }
}

/// A hash of words, for tables whose keys are compared in full; some multiplications where
/// `Hasher` takes a hundred instructions.
struct FastHash {
  private(set) var value: UInt64

  init(_ seed: UInt64) { value = seed &* 0x9E37_79B9_7F4A_7C15 }

  @inline(__always)
  mutating func combine(_ word: Int) {
    let product = (value ^ UInt64(bitPattern: Int64(word)))
      .multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    value = product.low ^ product.high
  }
}
