import CTandem
import TandemShapes

/// The text of the kernel of one program and form, in LLVM's textual form.
///
/// ```
/// for each row
///   what all elements of the row share
///   for each block of 256 elements (the whole row where nothing is reduced)
///     for each 16 elements: load, compute, store, take into the accumulators
///     the same for the elements that are left, under a mask
///     join the sixteen lanes of each accumulator by halving
/// ```
///
/// `TandemNativeCall` in `tandem_native.h` says what a kernel is called with.
struct NativeKernelText {
  /// Virtual lanes of reductions: what a vector holds where something is reduced.
  static let reductionLanes = Int(TANDEM_LANES)

  let contents: LoopProgram.Contents
  let form: NativeForm
  let text: NativeText
  let lanes: Int
  let values: NativeProgramValues
  /// Memory that is read soon, by the names of its addresses: see ``NativeProgramValues/prefetch``.
  var prefetched: [(next: String, dtype: DType)] = []
  /// The accumulators of reducing outputs.
  let reductions: [NativeReduction]

  /// - Throws: what no kernel can be written for.
  init(
    _ contents: LoopProgram.Contents, _ form: NativeForm, _ level: LoopKernel.Level
  ) throws(NativeFailure) {
    (self.contents, self.form) = (contents, form)
    lanes = Self.lanes(contents, level)
    text = NativeText(lanes: lanes, scales: level == .avx512)
    values = NativeProgramValues(
      contents, form, tandem_loop_table(level.rawValue)!, text)
    var reductions: [NativeReduction] = []
    for (output, letter) in form.outputs.enumerated() where letter == .accumulators {
      reductions.append(try NativeReduction(contents, output))
    }
    self.reductions = reductions
  }

  /// Elements of a vector. Several of the machine's vectors at once hide what a long chain of
  /// operations waits for, as long as there are registers for their values; those of 64 bits take
  /// two already. (tanh-gelu of 10 million numbers, one thread: 16, 32, 64 lanes 5.3, 4.5, 3.7 ms.)
  static func lanes(
    _ contents: LoopProgram.Contents, _ level: LoopKernel.Level
  ) -> Int {
    let isWide = (0..<contents.valueCount).contains {
      contents.computeClass(of: $0).byteCount > 4
    }
    switch level {
    case _ where isWide: return reductionLanes
    case .baseline: return reductionLanes
    case .avx2: return 2 * reductionLanes
    case .avx512: return 4 * reductionLanes
    }
  }

  /// The module with its one function.
  mutating func module(named name: String) throws(NativeFailure) -> String {
    try values.prepareRows()
    if form.streams { prefetchRows() }
    let loop = try bodyLines(.whole)
    let rest = try bodyLines(.masked)
    let joins = try joinLines()
    var lines = ["define void @\(name)(ptr noalias readonly %call) #0 {", "entry:"]
    lines += entryLines
    lines += ["row:"] + rowLines
    lines += blockLines(loop: loop, rest: rest, joins: joins, from: "[0, %row]")
    lines += [
      "row.end:", "%row.next = add i64 %row.index, 1",
      "%isLast = icmp eq i64 %row.next, %rows", "br i1 %isLast, label %exit, label %row", "exit:",
      form.streams ? "fence seq_cst" : "", "ret void",
    ]
    lines += ["}", "attributes #0 = { nounwind \"prefer-vector-width\"=\"512\" }"]
    if form.streams { lines.append("!0 = !{i32 1}") }
    return (text.declarations + lines).joined(separator: "\n") + "\n"
  }

  /// Has kernels over more than the cache holds ask for what comes a page later, since the
  /// hardware's own prefetching stops at the end of a page.
  private mutating func prefetchRows() {
    for (input, dtype) in contents.inputs.enumerated() {
      let operand = form.outputCount + input
      guard form.operands[operand] == .elements else { continue }
      text.prepare(
        "%ahead\(operand) = getelementptr i8, ptr %row\(operand), i64 \(Self.aheadBytes)")
      prefetched.append(("%ahead\(operand)", dtype))
    }
  }

  /// How far ahead they ask.
  private static let aheadBytes = 4096

  // MARK: Calls

  private static func field(
    _ name: String, _ offset: Int, _ type: String
  ) -> [String] {
    [
      "\(name).at = getelementptr i8, ptr %call, i64 \(offset)",
      "\(name) = load \(type), ptr \(name).at, align 8",
    ]
  }

  private var entryLines: [String] {
    let width = Int(TANDEM_OPERANDS_MAX) * 8
    let scalars = 16
    var lines = text.memory.map { "  " + $0 }
    lines += Self.field("%rows", 0, "i64") + Self.field("%length", 8, "i64")
    for (index, dtype) in contents.scalars.enumerated() {
      lines += Self.field(
        "%scalar\(index)", scalars + index * 8, dtype.computeClass.formulaType.llvm)
    }
    for (operand, letter) in form.operands.enumerated() {
      switch letter {
      case .nothing: break
      case .accumulators:
        lines += Self.field("%results\(operand)", scalars + 3 * width + operand * 8, "ptr")
      default:
        lines += Self.field("%base\(operand)", scalars + width + operand * 8, "ptr")
        lines += Self.field("%step\(operand)", scalars + 2 * width + operand * 8, "i64")
      }
    }
    return lines + ["br label %row"]
  }

  private var rowLines: [String] {
    var lines = ["%row.index = phi i64 [0, %entry], [%row.next, %row.end]"]
    for (operand, letter) in form.operands.enumerated() {
      guard letter != .nothing, letter != .accumulators else { continue }
      lines += [
        "%moved\(operand) = mul i64 %row.index, %step\(operand)",
        "%row\(operand) = getelementptr i8, ptr %base\(operand), i64 %moved\(operand)",
      ]
    }
    return lines + text.row + ["br label %block"]
  }

  // MARK: Loops

  /// What is computed for the elements from `index` on; accumulators go from `name` to `name.next`.
  func bodyLines(
    _ part: NativeProgramValues.Part
  ) throws(NativeFailure) -> [String] {
    for (next, dtype) in prefetched { values.prefetch(next, dtype, part) }
    try values.compute(part)
    for reduction in reductions {
      let name = part == .whole ? "%sum\(reduction.output)" : "%rest\(reduction.output)"
      let sum = try gathered(name, values.value(contents, reduction.output), reduction, part)
      text.perform(
        "\(name).next = bitcast \(reduction.vector()) \(sum.text) to \(reduction.vector())",
        lanes: lanes)
    }
    return text.takeBody()
  }

  /// The accumulators with the elements of a vector, sixteen after sixteen.
  private func gathered(
    _ name: String, _ value: NativeValue, _ reduction: NativeReduction,
    _ part: NativeProgramValues.Part
  ) throws(NativeFailure) -> NativeValue {
    let mask = NativeValue(type: .bool, lanes: lanes, text: "%mask", bits: nil)
    var sum = NativeValue(
      type: reduction.accumulator, lanes: Self.reductionLanes, text: name, bits: nil)
    for start in stride(from: 0, to: lanes, by: Self.reductionLanes) {
      let elements = text.slice(value, start, Self.reductionLanes)
      let next = try reduction.step(sum, elements, in: text)
      sum =
        part == .whole
        ? next : text.choose(text.slice(mask, start, Self.reductionLanes), next, sum)
    }
    return sum
  }

  func joinLines() throws(NativeFailure) -> [String] {
    guard !reductions.isEmpty else { return [] }
    text.perform("%filled = call i64 @llvm.umin.i64(i64 %count, i64 16)", lanes: lanes)
    text.declare("declare i64 @llvm.umin.i64(i64, i64)")
    let filled = NativeValue(type: .int64, lanes: 1, text: "%filled", bits: nil)
    for reduction in reductions {
      let all = NativeValue(
        type: reduction.accumulator, lanes: Self.reductionLanes, text: "%all\(reduction.output)",
        bits: nil)
      reduction.store(
        try reduction.joined(all, filled: filled, in: text), start: "%start", in: text)
    }
    return text.takeBody()
  }

  /// The blocks of a row from one on, which `first` says, then the row's end. Without `rest` there
  /// is never less left than a vector.
  func blockLines(
    loop: [String], rest: [String], joins: [String], from first: String
  ) -> [String] {
    let isCut = !reductions.isEmpty
    var lines = ["block:", "%start = phi i64 \(first), [%start.next, %block.end]"]
    lines.append("%left = sub i64 %length, %start")
    lines.append(
      isCut
        ? "%count = call i64 @llvm.umin.i64(i64 %left, i64 \(TANDEM_BLOCK))"
        : "%count = add i64 %left, 0")
    lines += [
      "%full = and i64 %count, \(-lanes)", "%stop = add i64 %start, %full",
      "%some = icmp ult i64 %start, %stop", "br i1 %some, label %loop, label %check", "loop:",
      "%index = phi i64 [%start, %block], [%index.next, %loop]",
    ]
    lines += reductions.map {
      "%sum\($0.output) = phi \($0.vector()) [\($0.start()), %block], "
        + "[%sum\($0.output).next, %loop]"
    }
    lines += loop
    lines += [
      "%index.next = add i64 %index, \(lanes)", "%more = icmp ult i64 %index.next, %stop",
      "br i1 %more, label %loop, label %check", "check:",
    ]
    lines += reductions.map {
      "%rest\($0.output) = phi \($0.vector()) [\($0.start()), %block], "
        + "[%sum\($0.output).next, %loop]"
    }
    lines += restLines(rest)
    lines += joins
    return lines + [
      "%start.next = add i64 %start, \(isCut ? "\(TANDEM_BLOCK)" : "%count")",
      "%again = icmp ult i64 %start.next, %length", "br i1 %again, label %block, label %row.end",
    ]
  }

  /// What is left of a block after whole vectors.
  private func restLines(_ rest: [String]) -> [String] {
    if rest.isEmpty {
      return ["br label %block.end", "block.end:"]
        + reductions.map { "%all\($0.output) = phi \($0.vector()) [%rest\($0.output), %check]" }
    }
    var lines = [
      "%rest.count = sub i64 %count, %full", "%isDone = icmp eq i64 %rest.count, 0",
      "br i1 %isDone, label %block.end, label %rest", "rest:",
    ]
    lines += maskLines + rest + ["br label %block.end", "block.end:"]
    lines += reductions.map {
      "%all\($0.output) = phi \($0.vector()) [%rest\($0.output), %check], "
        + "[%rest\($0.output).next, %rest]"
    }
    return lines
  }

  private var maskLines: [String] {
    let numbers = (0..<lanes).map { "i32 \($0)" }.joined(separator: ", ")
    return [
      "%rest.short = trunc i64 %rest.count to i32",
      "%rest.first = insertelement <\(lanes) x i32> poison, i32 %rest.short, i64 0",
      "%rest.all = shufflevector <\(lanes) x i32> %rest.first, <\(lanes) x i32> poison, "
        + "<\(lanes) x i32> zeroinitializer",
      "%mask = icmp ult <\(lanes) x i32> <\(numbers)>, %rest.all",
    ]
  }
}
