import CTandem
import TandemShapes

/// The sixteen lanes of a reducing output.
struct NativeReduction {
  let output: Int
  let accumulator: FormulaType
  private let type: FormulaType
  private let words: String
  let reduction: Reduction

  init(_ contents: LoopProgram.Contents, _ output: Int) throws(NativeFailure) {
    self.output = output
    let entry = contents.outputs[output]
    reduction = entry.reduction!
    let formula = tandem_step_formula(
      Int32(reduction.rawValue), Int32(contents.computeClass(of: entry.value).rawValue))
    guard let step = formula.step else { throw NativeFailure("\(reduction)") }
    words = String(cString: step)
    type = FormulaType(String(cString: formula.type))!
    accumulator = FormulaType(String(cString: formula.accumulator))!
  }

  /// The type of some lanes.
  func vector(_ lanes: Int = NativeKernelText.reductionLanes) -> String { accumulator.llvm(lanes) }

  /// What leaves the first value as it is, bit for bit; -0 + x is x for every x.
  func start(_ lanes: Int = NativeKernelText.reductionLanes) -> String {
    let bits: UInt64
    switch (reduction, accumulator) {
    case (.sum, .float): bits = UInt64((-Float(0)).bitPattern)
    case (.sum, .double): bits = (-0.0).bitPattern
    case (.product, .float): bits = UInt64(Float(1).bitPattern)
    case (.product, .double): bits = 1.0.bitPattern
    case (.max, .float): bits = UInt64((-Float.infinity).bitPattern)
    case (.max, .double): bits = (-Double.infinity).bitPattern
    case (.min, .float): bits = UInt64(Float.infinity.bitPattern)
    case (.min, .double): bits = Double.infinity.bitPattern
    case (.max, .int32): bits = UInt64(UInt32(bitPattern: Int32.min))
    case (.max, .int64): bits = UInt64(bitPattern: Int64.min)
    case (.min, .int32): bits = UInt64(Int32.max)
    case (.min, .int64): bits = UInt64(Int64.max)
    case (.min, .uint64): bits = .max
    case (.product, _), (.all, _): bits = 1
    default: bits = 0
    }
    let element = NativeValue.constant(accumulator, bits)
    let all = Array(
      repeating: "\(accumulator.llvm) \(element.text)", count: lanes)
    return "<" + all.joined(separator: ", ") + ">"
  }

  /// The lanes with one more value each.
  func step(
    _ sum: NativeValue, _ value: NativeValue, in text: NativeText
  ) throws(NativeFailure) -> NativeValue {
    let element = text.converted(value.reinterpreted(as: type), to: accumulator)
    var result = try FormulaEvaluator.value(
      words, ["a": sum, "x": element], as: accumulator, in: text)
    if result.lanes == 1 {
      result = NativeValue(
        type: accumulator, lanes: sum.lanes, text: text.operand(result, sum.lanes), bits: nil)
    }
    return result
  }

  /// What the lanes that are filled (`nil`: all) come to, in the first lane: eight are joined with
  /// eight, four with four, …
  func joined(
    _ all: NativeValue, filled: NativeValue?, in text: NativeText
  ) throws(NativeFailure) -> NativeValue {
    let lanes = NativeKernelText.reductionLanes
    var sum = all
    var half = lanes / 2
    while half > 0 {
      let places = (0..<lanes).map { "i32 \(($0 + half) % lanes)" }.joined(separator: ", ")
      let numbers = (0..<lanes).map { "i64 \($0 + half)" }.joined(separator: ", ")
      let upper = text.instruction(
        "shufflevector \(vector()) \(sum.text), \(vector()) poison, "
          + "<\(lanes) x i32> <\(places)>", accumulator, lanes: lanes)
      let joined = try together(sum, upper, in: text)
      if let filled {
        let isFilled = text.instruction(
          "icmp ult <\(lanes) x i64> <\(numbers)>, \(filledLanes(filled, text))", .bool,
          lanes: lanes)
        sum = text.choose(isFilled, joined, sum)
      } else {
        sum = joined
      }
      half /= 2
    }
    return sum
  }

  /// What two results come to.
  func together(
    _ a: NativeValue, _ b: NativeValue, in text: NativeText
  ) throws(NativeFailure) -> NativeValue {
    try FormulaEvaluator.value(words, ["a": a, "x": b], as: accumulator, in: text)
  }

  /// `%filled` in every lane: it is known in the block alone.
  private func filledLanes(_ filled: NativeValue, _ text: NativeText) -> String {
    let lanes = NativeKernelText.reductionLanes
    let first = text.instruction(
      "insertelement <\(lanes) x i64> poison, i64 \(filled.text), i64 0", .int64, lanes: lanes)
    return text.instruction(
      "shufflevector <\(lanes) x i64> \(first.text), <\(lanes) x i64> poison, "
        + "<\(lanes) x i32> zeroinitializer", .int64, lanes: lanes
    ).text
  }

  /// Stores the first lane as the result of the block that begins at `start`.
  func store(_ sum: NativeValue, start: String, in text: NativeText) {
    let lanes = NativeKernelText.reductionLanes
    let element = text.instruction(
      "extractelement \(vector()) \(sum.text), i64 0", accumulator, lanes: lanes)
    // [block][row]
    let block = text.instruction(
      "lshr i64 \(start), \(Int(TANDEM_BLOCK).trailingZeroBitCount)", .int64, lanes: lanes)
    let row = text.instruction("mul i64 \(block.text), %rows", .int64, lanes: lanes)
    let place = text.instruction("add i64 \(row.text), %row.index", .int64, lanes: lanes)
    let address = text.address(
      "getelementptr \(accumulator.llvm), ptr %results\(output), i64 \(place.text)")
    text.perform(
      "store \(accumulator.llvm) \(element.text), ptr \(address), "
        + "align \(accumulator.bitCount / 8)", lanes: lanes)
  }

  /// The result of a block of the only row.
  func load(_ block: Int, in text: NativeText) -> NativeValue {
    let address = text.address(
      "getelementptr \(accumulator.llvm), ptr %results\(output), i64 \(block)")
    return text.read(
      "load \(accumulator.llvm), ptr \(address), align \(accumulator.bitCount / 8)",
      accumulator, lanes: 1)
  }
}
