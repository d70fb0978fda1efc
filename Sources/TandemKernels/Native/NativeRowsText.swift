import CTandem
import TandemShapes

/// The text of the kernel of ``RowBlocks``: all stages, row by row, so that what a stage makes of a
/// row is in the first level of the cache when the next one reads it.
///
/// ```
/// for each row
///   each stage, a function of its own: see `NativeKernelText.stage`
/// ```
struct NativeRowsText {
  /// Blocks of a row whose results are joined by instructions one after another.
  static let blockCountMax = 64

  let blocks: RowBlocks
  /// The form of each stage.
  let forms: [NativeForm]
  let level: LoopKernel.Level

  /// - Parameter letters: the letters of the stages, with commas between them.
  init(
    _ blocks: RowBlocks, _ letters: String, _ level: LoopKernel.Level
  ) throws(NativeFailure) {
    (self.blocks, self.level) = (blocks, level)
    var forms: [NativeForm] = []
    let parts = letters.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == blocks.stages.count else { throw NativeFailure("unknown form \(letters)") }
    for (stage, part) in zip(blocks.stages, parts) {
      let count = stage.program.contents.outputs.count
      guard let form = NativeForm(String(part), outputCount: count) else {
        throw NativeFailure("unknown form \(letters)")
      }
      forms.append(form)
    }
    self.forms = forms
  }

  /// The module with its function and one for each stage.
  func module(named name: String) throws(NativeFailure) -> String {
    var declarations: Set<String> = []
    var functions: [[String]] = []
    for index in blocks.stages.indices {
      let (lines, used) = try stage(index, name, fetching: [])
      functions.append(lines)
      declarations.formUnion(used)
    }
    // The stage that computes most has the time to fetch the next row.
    let work = functions.map { NativeRowsText.innerLoop($0).count }
    let fetching = functions.indices.max { work[$0] < work[$1] }
    let rows = fetchedRows
    if let fetching {
      let (lines, used) = try stage(fetching, name, fetching: rows)
      functions[fetching] = lines
      declarations.formUnion(used)
    }
    var lines = declarations.sorted() + functions.joined()
    lines += ["define void @\(name)(ptr noalias readonly %call) #0 {", "entry:"] + entryLines
    lines += ["br label %row", "row:"] + rowLines(name, fetching, rows)
    lines += [
      "%next = add i64 %index, 1", "%more = icmp ult i64 %next, %rows",
      "br i1 %more, label %row, label %exit", "exit:",
    ]
    let streams = forms.contains { $0.streams }
    lines += [streams ? "fence seq_cst" : "", "ret void", "}"]
    lines.append("attributes #0 = { nounwind \"prefer-vector-width\"=\"512\" }")
    if streams { lines.append("!0 = !{i32 1}") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The lines of a function that are done for every few elements.
  private static func innerLoop(_ function: [String]) -> ArraySlice<String> {
    for label in ["group.loop:", "loop:"] {
      guard let start = function.firstIndex(of: label) else { continue }
      let rest = function[(start + 1)...]
      return rest.prefix { !$0.hasSuffix(":") }
    }
    return []
  }

  /// The function of a stage and what it calls.
  private func stage(
    _ index: Int, _ name: String, fetching rows: [(operand: Int, dtype: DType)]
  ) throws(NativeFailure) -> (lines: [String], declarations: [String]) {
    let stage = blocks.stages[index]
    var text = try NativeKernelText(stage.program.contents, forms[index], level)
    text.prefetched = rows.map { ("%next\($0.operand)", $0.dtype) }
    let lines = try text.stage(
      named: "\(name).stage\(index)", length: stage.shape.elementCount)
    return (lines, text.text.declarations)
  }

  /// The arrays of which each row has elements of its own, as many as the longest.
  private var fetchedRows: [(operand: Int, dtype: DType)] {
    let length = blocks.stages.map(\.shape.elementCount).max() ?? 0
    var result: [(operand: Int, dtype: DType)] = []
    for (stage, form) in zip(blocks.stages, forms) where stage.shape.elementCount == length {
      for (input, dtype) in stage.program.contents.inputs.enumerated() {
        let place = form.outputCount + input
        guard case .operand(let operand) = stage.references[place],
          operand >= blocks.resultCount, form.operands[place] == .elements,
          !result.contains(where: { $0.operand == operand })
        else { continue }
        result.append((operand, dtype))
      }
    }
    return result
  }

  /// How many operands of the primitive stages name.
  private var operandCount: Int {
    var result = 0
    for stage in blocks.stages {
      for case .operand(let index) in stage.references { result = max(result, index + 1) }
    }
    return result
  }

  private var entryLines: [String] {
    func field(_ name: String, _ offset: Int, _ type: String) -> [String] {
      [
        "\(name).at = getelementptr i8, ptr %call, i64 \(offset)",
        "\(name) = load \(type), ptr \(name).at, align 8",
      ]
    }
    var lines = field("%rows", 0, "i64") + field("%scalars", 8, "ptr") + field("%room", 16, "ptr")
    for operand in 0..<operandCount {
      lines += field("%base\(operand)", 24 + 8 * operand, "ptr")
      lines += field("%step\(operand)", 24 + 8 * (Int(TANDEM_OPERANDS_MAX) + operand), "i64")
    }
    for (index, offset) in blocks.rowOffsets.offsets.enumerated() {
      lines.append("%scratch\(index) = getelementptr i8, ptr %room, i64 \(offset)")
    }
    var scalars = 0
    for (index, stage) in blocks.stages.enumerated() {
      lines.append("%scalars\(index) = getelementptr i8, ptr %scalars, i64 \(8 * scalars)")
      scalars += stage.scalars.count
    }
    return lines
  }

  private func rowLines(
    _ name: String, _ fetching: Int?, _ rows: [(operand: Int, dtype: DType)]
  ) -> [String] {
    var lines = ["%index = phi i64 [0, %entry], [%next, %row]"]
    for operand in 0..<operandCount {
      lines += [
        "%moved\(operand) = mul i64 %index, %step\(operand)",
        "%row\(operand) = getelementptr i8, ptr %base\(operand), i64 %moved\(operand)",
      ]
    }
    for (operand, _) in rows {
      lines.append(
        "%next\(operand) = getelementptr i8, ptr %row\(operand), i64 %step\(operand)")
    }
    for (index, stage) in blocks.stages.enumerated() {
      var places = stage.references.map { reference in
        switch reference {
        case .operand(let operand): "ptr %row\(operand), "
        case .scratch(let scratch, _): "ptr %scratch\(scratch), "
        }
      }
      if index == fetching { places += rows.map { "ptr %next\($0.operand), " } }
      lines.append(
        "call void @\(name).stage\(index)(\(places.joined())ptr %scalars\(index))")
    }
    return lines
  }
}
