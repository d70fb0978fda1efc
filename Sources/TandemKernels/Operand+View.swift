import CTandem
import TandemShapes
import TandemThreads

extension Operand {
  /// The operand as C sees it: strides in bytes.
  var view: tandem_view {
    var view = tandem_view_scalar(start)
    for axis in 0..<layout.rank { tandem_view_append(&view, Int64(shape[axis]), byteStride(axis)) }
    return view
  }

  /// The stride of an axis in bytes.
  func byteStride(_ axis: Int) -> Int64 { Int64(layout.stride(axis) * dtype.byteCount) }

  /// Whether this is an `int64` array, where `int32` is the other choice.
  var isWide: Bool { dtype == .int64 }

  /// The operand without one axis, at that axis's first element.
  func removing(axis: Int) -> Operand {
    let strides = (0..<layout.rank).filter { $0 != axis }.map { layout.stride($0) }
    let rest = Layout(shape.removing(axis: axis), strides: strides, offset: layout.offset)
    return Operand(base, rest, dtype)
  }
}

/// Cuts `0..<count` into chunks of `size`, which must follow from shapes alone, and calls `body`
/// with each chunk's number and range.
func forEachChunk(
  of count: Int, size: Int, in context: ParallelContext,
  _ body: (_ chunk: Int, _ range: Range<Int>) -> Void
) {
  guard count > 0 else { return }
  let chunks = (count + size - 1) / size
  if chunks == 1 { return body(0, 0..<count) }
  context.parallelFor(chunks) { chunk in
    body(chunk, chunk * size..<min(count, (chunk + 1) * size))
  }
}

/// Scratch memory of `count` elements from the pool, for the length of one call.
func withScratch<Element: BitwiseCopyable, Failure: Error, Result>(
  _ type: Element.Type, count: Int,
  _ body: (UnsafeMutablePointer<Element>) throws(Failure) -> Result
) throws(Failure) -> Result {
  let byteCount = max(count, 1) * MemoryLayout<Element>.stride
  let memory = BufferPool.shared.allocate(byteCount: byteCount)
  defer { BufferPool.shared.deallocate(memory, byteCount: byteCount) }
  return try body(memory.assumingMemoryBound(to: type))
}
