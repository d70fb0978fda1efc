import CTandem
import TandemShapes
import TandemThreads

/// The channels of a batch, each normalised over everything else:
/// `y = (x - mean) / sqrt(variance + epsilon) * scale + bias`.
///
/// | operand | shape |
/// | --- | --- |
/// | y | `[outer, channels, inner]` |
/// | mean, variance | `[channels]` |
/// | x | `[outer, channels, inner]` |
/// | scale, bias | `[channels]` |
///
/// All are row-major and of one dtype, float32 or float64. The variance divides by the number of
/// elements.
///
/// - Complexity: O(elements); a channel is read three times, from memory once if it fits the cache.
public struct NormalizeChannels: Primitive {
  /// Added to the variance.
  public let epsilon: Double

  /// The primitive with these attributes.
  public init(epsilon: Double) { self.epsilon = epsilon }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let shape = operands[0].shape
    guard shape.elementCount > 0 else { return }
    withUnsafePointer(to: work(operands)) { work in
      forEachChunk(of: shape[1], size: channelsPerChunk(shape), in: context) { _, range in
        tandem_normalize_channels_forward(work, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }

  private func work(_ operands: [Operand]) -> tandem_normalize_channels {
    let shape = operands[0].shape
    var work = tandem_normalize_channels()
    work.type = Int32(operands[0].dtype.rawValue)
    (work.outer, work.channels, work.inner) = (Int64(shape[0]), Int64(shape[1]), Int64(shape[2]))
    work.resultStep = work.channels * work.inner
    work.epsilon = epsilon
    let starts = operands.map(\.start)
    (work.y, work.mean, work.variance) = (starts[0], starts[1], starts[2])
    (work.x, work.scale, work.bias) = (.init(starts[3]), .init(starts[4]), .init(starts[5]))
    return work
  }
}

extension NormalizeChannels: BlockwisePrimitive {
  public var furtherResultCount: Int { 2 }

  /// Channels in runs are made a few at a time.
  public func blockShape(_ operands: [Operand]) -> Shape? {
    let shape = operands[0].shape
    return shape[2] > 1 && shape.elementCount > 0 ? shape : nil
  }

  public func run(_ operands: [Operand], finish: BlockFinish, in context: ParallelContext)
    throws(KernelFailure)
  {
    let shape = operands[0].shape
    let (outer, inner, size) = (shape[0], shape[2], operands[0].dtype.byteCount)
    let work = work(operands)
    forEachChunk(of: shape[1], size: channelsPerChunk(shape), in: context) { _, range in
      let bytes = outer * range.count * inner * size
      let block = BufferPool.shared.allocate(byteCount: bytes)
      defer { BufferPool.shared.deallocate(block, byteCount: bytes) }
      var work = work
      work.y = block - range.lowerBound * inner * size
      work.resultStep = Int64(range.count * inner)
      tandem_normalize_channels_forward(&work, Int64(range.lowerBound), Int64(range.upperBound))
      let box = BlockFinish.Box(outer: 0..<outer, rows: range, columns: 0..<inner)
      finish.apply(box, of: block, rowStride: inner, outerStride: range.count * inner)
    }
  }
}

/// The gradients of ``NormalizeChannels``.
///
/// | operand | shape |
/// | --- | --- |
/// | dx | `[outer, channels, inner]` |
/// | dScale, dBias | `[channels]` |
/// | dy, x | `[outer, channels, inner]` |
/// | scale, mean, variance | `[channels]` |
///
/// - Complexity: O(elements); a channel is read twice, from memory once if it fits the cache.
public struct NormalizeChannelsGradient: Primitive {
  /// Added to the variance.
  public let epsilon: Double

  /// The primitive with these attributes.
  public init(epsilon: Double) { self.epsilon = epsilon }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let shape = operands[0].shape
    var work = tandem_normalize_channels_back()
    work.type = Int32(operands[0].dtype.rawValue)
    (work.outer, work.channels, work.inner) = (Int64(shape[0]), Int64(shape[1]), Int64(shape[2]))
    work.epsilon = epsilon
    let starts = operands.map(\.start)
    (work.dx, work.dScale, work.dBias) = (starts[0], starts[1], starts[2])
    (work.dy, work.x, work.scale) = (.init(starts[3]), .init(starts[4]), .init(starts[5]))
    (work.mean, work.variance) = (.init(starts[6]), .init(starts[7]))
    withUnsafePointer(to: work) { work in
      forEachChunk(of: shape[1], size: channelsPerChunk(shape), in: context) { _, range in
        tandem_normalize_channels_backward(work, Int64(range.lowerBound), Int64(range.upperBound))
      }
    }
  }
}

/// How many channels one chunk takes: 16 Ki elements; of channels that lie side by side whole
/// groups of 64, which the kernel takes at once.
private func channelsPerChunk(_ shape: Shape) -> Int {
  let size = max(1, (1 << 14) / max(shape[0] * shape[2], 1))
  return shape[2] == 1 ? (size + 63) / 64 * 64 : size
}
