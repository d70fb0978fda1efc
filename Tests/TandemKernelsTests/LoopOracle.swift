import TandemShapes

@testable import TandemKernels

/// Evaluates programs one element at a time, in plain Swift: the oracle for layouts, tiles, fusion
/// and the order of reductions. Knows the exact opcodes only.
struct LoopOracle {
  /// An element in its compute class.
  enum Element {
    case f32(Float)
    case f64(Double)
    case i32(Int32)
    case i64(Int64)
  }

  static let opcodes: [LoopOpcode] = [
    .add, .subtract, .multiply, .maximum, .negate, .absolute, .less, .equal, .select, .square,
  ]

  let contents: LoopProgram.Contents

  static func load(_ bits: UInt64, _ dtype: DType) -> Element {
    switch dtype {
    case .bool: .i32(bits != 0 ? 1 : 0)
    case .int8: .i32(Int32(Int8(truncatingIfNeeded: bits)))
    case .uint8: .i32(Int32(UInt8(truncatingIfNeeded: bits)))
    case .int16: .i32(Int32(Int16(truncatingIfNeeded: bits)))
    case .uint16: .i32(Int32(UInt16(truncatingIfNeeded: bits)))
    case .int32: .i32(Int32(truncatingIfNeeded: bits))
    case .uint32: .i64(Int64(UInt32(truncatingIfNeeded: bits)))
    case .bfloat16: .f32(Float(bitPattern: UInt32(bits) << 16))
    case .float32: .f32(Float(bitPattern: UInt32(bits)))
    case .float64: .f64(Double(bitPattern: bits))
    default: .i64(Int64(bitPattern: bits))
    }
  }

  static func store(_ element: Element, _ dtype: DType) -> UInt64 {
    let bits: UInt64 =
      switch element {
      case .f32(let x): UInt64(x.bitPattern)
      case .f64(let x): x.bitPattern
      case .i32(let x): UInt64(bitPattern: Int64(x))
      case .i64(let x): UInt64(bitPattern: x)
      }
    if dtype == .bool { return bits != 0 ? 1 : 0 }
    if dtype == .bfloat16 {
      let x = Float(bitPattern: UInt32(bits))
      return x.isNaN ? 0x7fc0 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16
    }
    return dtype.byteCount == 8 ? bits : bits & ((1 << UInt64(dtype.byteCount * 8)) - 1)
  }

  /// All values of the program for one element of each input.
  func values(_ inputs: [Element], scalars: [Element]) -> [Element] {
    var values = inputs + scalars
    for constant in contents.constants {
      values.append(Self.load(constant.bits, constant.computeClass.dtype))
    }
    for instruction in contents.instructions {
      values.append(Self.apply(instruction.opcode, instruction.operands.map { values[$0] }))
    }
    return values
  }

  static func apply(_ opcode: LoopOpcode, _ a: [Element]) -> Element {
    if opcode == .select {
      guard case .i32(let condition) = a[0] else { fatalError() }
      return condition != 0 ? a[1] : a[2]
    }
    switch (a[0], a[a.count - 1]) {
    case (.f32(let x), .f32(let y)): return float(opcode, x, y) { .f32($0) }
    case (.f64(let x), .f64(let y)): return float(opcode, x, y) { .f64($0) }
    case (.i32(let x), .i32(let y)): return integer(opcode, x, y) { .i32($0) }
    case (.i64(let x), .i64(let y)): return integer(opcode, x, y) { .i64($0) }
    default: fatalError("classes differ")
    }
  }

  private static func float<T: BinaryFloatingPoint>(
    _ opcode: LoopOpcode, _ x: T, _ y: T, _ wrap: (T) -> Element
  ) -> Element {
    switch opcode {
    case .add: wrap(x + y)
    case .subtract: wrap(x - y)
    case .multiply: wrap(x * y)
    case .maximum: wrap(x > y || x.isNaN ? x : y)
    case .negate: wrap(-x)
    case .absolute: wrap(x.magnitude)
    case .square: wrap(x * x)
    case .less: .i32(x < y ? 1 : 0)
    case .equal: .i32(x == y ? 1 : 0)
    case .notEqual: .i32(x != y ? 1 : 0)
    default: fatalError("\(opcode)")
    }
  }

  private static func integer<T: FixedWidthInteger & SignedInteger>(
    _ opcode: LoopOpcode, _ x: T, _ y: T, _ wrap: (T) -> Element
  ) -> Element {
    switch opcode {
    case .add: wrap(x &+ y)
    case .subtract: wrap(x &- y)
    case .multiply: wrap(x &* y)
    case .maximum: wrap(max(x, y))
    case .negate: wrap(0 &- x)
    case .absolute: wrap(x < 0 ? 0 &- x : x)
    case .square: wrap(x &* x)
    case .less: .i32(x < y ? 1 : 0)
    case .equal: .i32(x == y ? 1 : 0)
    case .notEqual: .i32(x != y ? 1 : 0)
    default: fatalError("\(opcode)")
    }
  }

  /// Reduces a sequence in the documented order: blocks of 256, sixteen lanes, halving, then blocks
  /// pairwise like a binary counter.
  static func reduce(_ reduction: Reduction, _ sequence: [Element]) -> Element {
    switch reduction {
    case .argMax, .argMin: return place(sequence, wantsGreatest: reduction == .argMax)
    case .sum, .product: return tree(sequence.map(widened)) { combine(reduction, $0, $1) }
    default: return tree(sequence) { combine(reduction, $0, $1) }
    }
  }

  private static func widened(_ element: Element) -> Element {
    if case .i32(let x) = element { return .i64(Int64(x)) }
    return element
  }

  private static func combine(_ reduction: Reduction, _ a: Element, _ b: Element) -> Element {
    switch reduction {
    case .sum: return apply(.add, [a, b])
    case .product: return apply(.multiply, [a, b])
    case .max: return apply(.maximum, [a, b])
    case .min:
      let less = apply(.less, [a, b])
      if case .i32(1) = less { return a }
      if case .i32(0) = apply(.equal, [a, a]) { return a }
      return b
    case .any, .all:
      guard case .i32(let x) = a, case .i32(let y) = b else { fatalError() }
      let (p, q) = (x != 0, y != 0)
      return .i32((reduction == .any ? p || q : p && q) ? 1 : 0)
    default: fatalError()
    }
  }

  private static func tree(
    _ sequence: [Element], _ combine: (Element, Element) -> Element
  ) -> Element {
    var stack: [(level: Int, value: Element)] = []
    for start in stride(from: 0, to: sequence.count, by: 256) {
      let block = sequence[start..<min(start + 256, sequence.count)]
      var lanes = Array(block.prefix(16))
      for (offset, element) in block.enumerated().dropFirst(16) {
        lanes[offset % 16] = combine(lanes[offset % 16], element)
      }
      for half in [8, 4, 2, 1] {
        for lane in 0..<half where lane + half < lanes.count {
          lanes[lane] = combine(lanes[lane], lanes[lane + half])
        }
      }
      stack.append((0, lanes[0]))
      while stack.count > 1, stack[stack.count - 2].level == stack[stack.count - 1].level {
        let last = stack.removeLast()
        let before = stack.removeLast()
        stack.append((last.level + 1, combine(before.value, last.value)))
      }
    }
    while stack.count > 1 {
      let last = stack.removeLast()
      let before = stack.removeLast()
      stack.append((before.level, combine(before.value, last.value)))
    }
    return stack[0].value
  }

  private static func place(_ sequence: [Element], wantsGreatest: Bool) -> Element {
    var best = 0
    for index in 1..<max(1, sequence.count) {
      let (now, candidate) = (sequence[best], sequence[index])
      if case .i32(0) = apply(.equal, [now, now]) { break }
      let wins = wantsGreatest ? apply(.less, [now, candidate]) : apply(.less, [candidate, now])
      let isNaN = apply(.notEqual, [candidate, candidate])
      if case .i32(1) = wins { best = index } else if case .i32(1) = isNaN { best = index }
    }
    return .i64(Int64(best))
  }
}
