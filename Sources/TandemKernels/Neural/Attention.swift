import CTandem
import TandemShapes
import TandemThreads

/// Scaled dot-product attention, `softmax(q kᵀ · scale) v`, block by block: the products of all
/// queries with all keys are never in memory at once.
///
/// | operand | shape |
/// | --- | --- |
/// | out | `[batch, heads, queries, features]` |
/// | log-sums of the exponentials, row-major | `[batch, heads, queries]` |
/// | q | `[batch, heads, queries, features]` |
/// | k, v | `[batch, heads, keys, features]` |
///
/// One dtype, float32 or float64; strides are free but for the features, which lie one after
/// another. Causal: a query sees the keys up to its own place, of fewer queries than keys the last
/// query the last key. Batch × heads × blocks of 64 queries run in parallel.
///
/// - Complexity: O(batch · heads · queries · keys · features).
/// - Reference: Dao, Fu, Ermon, Rudra and Ré, *FlashAttention*, arXiv:2205.14135.
public struct Attention: Primitive {
  /// What the products are multiplied with before the softmax.
  public let scale: Double
  /// Whether a query sees only the keys up to its own place.
  public let isCausal: Bool

  /// The primitive with these attributes.
  public init(scale: Double, isCausal: Bool) { (self.scale, self.isCausal) = (scale, isCausal) }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let heads = AttentionHeads(
      self, out: operands[0], logSum: operands[1], q: operands[2], k: operands[3], v: operands[4])
    let queries = operands[0].shape[2]
    let blocks = (queries + Self.block - 1) / Self.block
    guard operands[0].shape.elementCount > 0 else { return }
    context.parallelFor(heads.count * blocks) { index in
      let (head, block) = (index / blocks, index % blocks)
      heads.withScratch { scratch in
        withUnsafePointer(to: heads.work(head)) {
          tandem_attention_forward($0, Int64(block * Self.block), scratch)
        }
      }
    }
  }

  private static let block = Int(TANDEM_ATTENTION_QUERIES)

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    4 * shapes[0].elementCount * shapes[3][2] / (isCausal ? 2 : 1)
  }
}

/// The gradients of ``Attention``, from its result and log-sums.
///
/// | operand | shape |
/// | --- | --- |
/// | dq | `[batch, heads, queries, features]` |
/// | dk, dv | `[batch, heads, keys, features]` |
/// | dOut, out | `[batch, heads, queries, features]` |
/// | log-sums | `[batch, heads, queries]` |
/// | q, k, v | as in ``Attention`` |
///
/// Batch × heads run in parallel.
///
/// - Complexity: O(batch · heads · queries · keys · features).
public struct AttentionGradient: Primitive {
  /// As in ``Attention``.
  public let scale: Double
  /// As in ``Attention``.
  public let isCausal: Bool

  /// The primitive with these attributes.
  public init(scale: Double, isCausal: Bool) { (self.scale, self.isCausal) = (scale, isCausal) }

  public func run(_ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext)
    throws(KernelFailure)
  {
    let heads = AttentionHeads(
      Attention(scale: scale, isCausal: isCausal), out: operands[4], logSum: operands[5],
      q: operands[6], k: operands[7], v: operands[8], gradients: Array(operands[0..<4]))
    guard heads.count > 0, operands[0].shape[3] > 0 else { return }
    context.parallelFor(heads.count) { head in
      heads.withScratch { scratch in
        withUnsafePointer(to: heads.work(head)) { tandem_attention_backward($0, scratch) }
      }
    }
  }

  public func floatingPointOperations(_ shapes: [Shape]) -> Int {
    10 * shapes[0].elementCount * shapes[1][2] / (isCausal ? 2 : 1)
  }
}

/// The heads of an attention, each a piece of work of its own.
private struct AttentionHeads {
  let count: Int
  private let heads: Int
  private let shared: tandem_attention
  private let operands: [Operand]

  /// - Parameter gradients: dq, dk, dv and dOut, if they are wanted.
  init(
    _ attention: Attention, out: Operand, logSum: Operand, q: Operand, k: Operand, v: Operand,
    gradients: [Operand] = []
  ) {
    count = q.shape[0] * q.shape[1]
    heads = q.shape[1]
    operands = [out, logSum, q, k, v] + gradients
    var work = tandem_attention()
    work.type = Int32(q.dtype.rawValue)
    work.causal = attention.isCausal ? 1 : 0
    work.scale = attention.scale
    (work.queries, work.keys) = (Int64(q.shape[2]), Int64(k.shape[2]))
    work.features = Int64(q.shape[3])
    let strides = operands.map { $0.layout.rank > 3 ? Int64($0.layout.stride(2)) : 1 }
    (work.outStride, work.qStride, work.kStride, work.vStride) = (
      strides[0], strides[2], strides[3], strides[4]
    )
    if !gradients.isEmpty {
      (work.dqStride, work.dkStride, work.dvStride, work.dOutStride) = (
        strides[5], strides[6], strides[7], strides[8]
      )
    }
    shared = work
  }

  /// One head's work.
  func work(_ index: Int) -> tandem_attention {
    let (item, head) = (index / heads, index % heads)
    let starts = operands.map { operand in
      operand.start + (item * operand.layout.stride(0) + head * operand.layout.stride(1))
        * operand.dtype.byteCount
    }
    var work = shared
    (work.out, work.logSum) = (starts[0], starts[1])
    (work.q, work.k, work.v) = (.init(starts[2]), .init(starts[3]), .init(starts[4]))
    if starts.count > 5 {
      (work.dq, work.dk, work.dv) = (starts[5], starts[6], starts[7])
      work.dOut = .init(starts[8])
    }
    return work
  }

  func withScratch(_ body: (UnsafeMutableRawPointer) -> Void) {
    let bytes = Int(tandem_attention_scratch(shared.features)) * operands[0].dtype.byteCount
    TandemKernels.withScratch(UInt8.self, count: bytes) { body($0) }
  }
}
