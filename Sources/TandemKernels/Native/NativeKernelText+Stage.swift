import CTandem
import TandemShapes

/// A stage of rows as a function that does one row.
///
/// ```
/// what all elements of the row share
/// for each 4 blocks of 256 elements, where something is reduced: 16 elements of each at once
/// what is left, block by block, as in a kernel of one program
/// join the results of the blocks pairwise
/// ```
///
/// The blocks side by side keep additions from waiting for each other; the order in which elements
/// are gathered is that of every reduction.
extension NativeKernelText {
  /// The function, which takes the addresses of the row in each operand, then of what it is to
  /// fetch for the next row, then that of the scalars.
  ///
  /// - Parameter length: the elements of a row; at least one.
  func stage(named name: String, length: Int) throws(NativeFailure) -> [String] {
    try values.prepareRows()
    let parameters =
      (form.operands.indices.map { "ptr %row\($0), " } + prefetched.map { "ptr \($0.next), " })
      .joined()
    let head = "define internal void @\(name)(\(parameters)ptr %scalars) #0 {"
    if reductions.isEmpty, !form.outputs.contains(where: { $0 != .rowElement }) {
      try values.storeRowElements()
      let lines = text.row
      return [head, "entry:"] + stageEntry(length) + lines + ["ret void", "}"]
    }
    try values.storeRowElements()
    let grouped = reductions.isEmpty ? 0 : length / groupElements * groupElements
    var lines: [String] = []
    if grouped > 0 { lines += try groupLines(grouped, isLast: grouped == length) }
    if grouped < length {
      let loop = try bodyLines(.whole)
      let isMasked = (length - grouped) % lanes != 0
      let rest = isMasked ? try bodyLines(.masked) : []
      lines += blockLines(
        loop: loop, rest: rest, joins: try joinLines(),
        from: grouped > 0 ? "[\(grouped), %group.end]" : "[0, %row]")
    }
    let end = try totalLines(length)
    return [head, "entry:"] + stageEntry(length) + ["br label %row", "row:"] + text.row
      + ["br label %\(grouped > 0 ? "group" : "block")"] + lines + ["row.end:"] + end
      + ["ret void", "}"]
  }

  /// Elements whose blocks are done side by side.
  private var groupElements: Int {
    lanes / Self.reductionLanes * Int(TANDEM_BLOCK)
  }

  private func stageEntry(_ length: Int) -> [String] {
    var lines = text.memory
    lines += [
      "%length = add i64 \(length), 0", "%rows = add i64 1, 0", "%row.index = add i64 0, 0",
    ]
    for (index, dtype) in contents.scalars.enumerated() {
      lines += [
        "%scalar\(index).at = getelementptr i8, ptr %scalars, i64 \(8 * index)",
        "%scalar\(index) = load \(dtype.computeClass.formulaType.llvm), ptr %scalar\(index).at, "
          + "align 8",
      ]
    }
    let blocks = (length + Int(TANDEM_BLOCK) - 1) / Int(TANDEM_BLOCK)
    for reduction in reductions {
      lines.append(
        "%results\(reduction.output) = alloca [\(blocks) x \(reduction.accumulator.llvm)], "
          + "align 64")
    }
    return lines
  }

  private func groupLines(_ count: Int, isLast: Bool) throws(NativeFailure) -> [String] {
    for (next, dtype) in prefetched { values.prefetch(next, dtype, .group) }
    try values.compute(.group)
    for reduction in reductions {
      let name = "%group.sum\(reduction.output)"
      let sum = NativeValue(type: reduction.accumulator, lanes: lanes, text: name, bits: nil)
      let next = try reduction.step(
        sum, values.value(contents, reduction.output), in: text)
      text.perform(
        "\(name).next = bitcast \(reduction.vector(lanes)) \(next.text) to "
          + reduction.vector(lanes), lanes: lanes)
    }
    let body = text.takeBody()
    for reduction in reductions { try joinGroup(reduction) }
    let joins = text.takeBody()
    var lines = [
      "group:", "%group.start = phi i64 [0, %row], [%group.next, %group.end]",
      "br label %group.loop", "group.loop:",
      "%offset = phi i64 [0, %group], [%offset.next, %group.loop]",
    ]
    lines += reductions.map {
      let name = "%group.sum\($0.output)"
      return "\(name) = phi \($0.vector(lanes)) [\($0.start(lanes)), %group], "
        + "[\(name).next, %group.loop]"
    }
    lines.append("%group.index = add i64 %group.start, %offset")
    lines += body
    lines += [
      "%offset.next = add i64 %offset, \(Self.reductionLanes)",
      "%offset.more = icmp ult i64 %offset.next, \(TANDEM_BLOCK)",
      "br i1 %offset.more, label %group.loop, label %group.end", "group.end:",
    ]
    return lines + joins + [
      "%group.next = add i64 %group.start, \(groupElements)",
      "%group.more = icmp ult i64 %group.next, \(count)",
      "br i1 %group.more, label %group, label %\(isLast ? "row.end" : "block")",
    ]
  }

  /// Stores the results of the blocks of a group.
  private func joinGroup(_ reduction: NativeReduction) throws(NativeFailure) {
    let all = NativeValue(
      type: reduction.accumulator, lanes: lanes, text: "%group.sum\(reduction.output).next",
      bits: nil)
    for part in 0..<lanes / Self.reductionLanes {
      let sum = text.slice(all, part * Self.reductionLanes, Self.reductionLanes)
      let joined = try reduction.joined(sum, filled: nil, in: text)
      let start = text.address("add i64 %group.start, \(part * Int(TANDEM_BLOCK))")
      reduction.store(joined, start: start, in: text)
    }
  }

  /// Joins blocks pairwise, neighbours first, and stores the result.
  private func totalLines(_ length: Int) throws(NativeFailure) -> [String] {
    text.isPastRow = true
    for reduction in reductions {
      let blocks = (length + Int(TANDEM_BLOCK) - 1) / Int(TANDEM_BLOCK)
      var sums = (0..<blocks).map { reduction.load($0, in: text) }
      var step = 1
      while step < blocks {
        for at in stride(from: 0, to: blocks - step, by: 2 * step) {
          sums[at] = try reduction.together(sums[at], sums[at + step], in: text)
        }
        step *= 2
      }
      try values.storeTotal(sums[0], reduction)
    }
    return text.takeBody()
  }
}
