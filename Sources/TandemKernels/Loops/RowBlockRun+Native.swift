import CTandem
import TandemShapes
import TandemThreads

/// How native kernels find their rows.
extension RowBlockRun {
  /// The letters of each stage's operands (see `tandem_native.h`), commas between the stages; `nil`
  /// if some operand has no rows of elements one after another.
  func nativeForm() -> String? {
    var result = ""
    for (index, stage) in blocks.stages.enumerated() {
      guard let letters = letters(stage) else { return nil }
      result += (index > 0 ? "," : "") + letters
    }
    return result
  }

  private func letters(_ stage: RowBlocks.Stage) -> String? {
    let axes = (0..<stage.shape.rank).filter { stage.shape[$0] != 1 }
    let outputs = stage.program.contents.outputs
    let reduces = stage.program.hasReduction
    if reduces {
      let isWhole = axes.allSatisfy { stage.reducedAxes >> UInt32($0) & 1 == 1 }
      let hasPlaces = outputs.contains { $0.reduction == .argMax || $0.reduction == .argMin }
      if !isWhole || hasPlaces { return nil }
    }
    let streamed = streams(stage)
    var result = ""
    for (position, reference) in stage.references.enumerated() {
      let isOutput = position < outputs.count
      if isOutput, outputs[position].reduction != nil {
        result.append("r")
        continue
      }
      let dtype =
        isOutput
        ? outputs[position].dtype : stage.program.contents.inputs[position - outputs.count]
      let inner = place(reference).inner
      let isOne = axes.allSatisfy { inner[$0] == 0 }
      var expected = dtype.byteCount
      let isRun = axes.reversed().allSatisfy { axis in
        defer { expected *= stage.shape[axis] }
        return inner[axis] == expected
      }
      if isOne, !isOutput || (axes.isEmpty && !reduces) {
        result.append("b")
      } else if isRun {
        let isStreamed = streamed >> UInt64(position) & 1 == 1 && mayStream(reference)
        result.append(isStreamed ? "n" : isShared(reference) ? "s" : "d")
      } else {
        return nil
      }
    }
    return result
  }

  /// Whether all rows read the same elements.
  private func isShared(_ reference: RowBlocks.Reference) -> Bool {
    guard case .operand(let index) = reference, index >= blocks.resultCount else { return false }
    return strides[index].allSatisfy { $0 == 0 }
  }

  /// Whether the rows of a result begin at multiples of 64 bytes and make up more than the cache.
  private func mayStream(_ reference: RowBlocks.Reference) -> Bool {
    guard case .operand(let index) = reference else { return false }
    let operand = operands[index]
    let bytes = operand.layout.shape.elementCount * operand.dtype.byteCount
    let row = bytes / blocks.rows.elementCount
    return bytes >= TANDEM_STREAMING_BYTES && row % 64 == 0
      && Int(bitPattern: operand.start) % 64 == 0
      && strides[index].allSatisfy { $0 % 64 == 0 }
  }

  /// Runs a kernel over `rows` rows that begin at some offsets, with memory for what stages hand to
  /// each other.
  func run(
    _ kernel: TandemNativeRowsRun, rows: Int, at offsets: [Int],
    _ memory: UnsafeMutableRawPointer
  ) {
    var call = TandemNativeRows()
    call.rows = Int64(rows)
    call.scratch = memory.assumingMemoryBound(to: CChar.self)
    let last = lengths.count - 1
    withUnsafeMutableBytes(of: &call.base) { bases in
      for index in operands.indices {
        bases.storeBytes(
          of: operands[index].start + offsets[index],
          toByteOffset: index * MemoryLayout<UnsafeMutableRawPointer>.stride,
          as: UnsafeMutableRawPointer.self)
      }
    }
    withUnsafeMutableBytes(of: &call.rowStride) { steps in
      for index in operands.indices {
        steps.storeBytes(of: Int64(strides[index][last]), toByteOffset: index * 8, as: Int64.self)
      }
    }
    nativeScalars.withUnsafeBufferPointer {
      call.scalars = $0.baseAddress
      kernel(&call)
    }
  }
}
