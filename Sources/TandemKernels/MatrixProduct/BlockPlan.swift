import CTandem
import TandemShapes

/// How one matrix product is cut; a function of its shape, strides and dtype alone.
struct BlockPlan {
  /// Limits that were found by measuring; see GEMM.md.
  enum Limit {
    /// Elements of `k` for which a block of `a` (L2) and a panel of `b` (L1) stay in cache.
    static let depth = 384
    /// The same where `k` is at least `deep`: fewer passes over `c` are worth more than the cache.
    static let deepDepth = 512
    static let deep = 1024
    /// Rows of a block: `rows × depth` float32 fill less than half of a 1 MB L2 cache.
    static let rows = 252
    /// Columns of a block, so that its part of `c` and of `b` also find room in L2.
    static let columns = 256
    /// Blocks that a product is cut into if each then has `blockWork` multiply-adds.
    static let blocks = 16
    static let blockWork = 1 << 18
    /// Bytes of `b` that are read in place, without packing.
    static let directBytes = 256 << 10
    /// Rows of `a` that lie a multiple of this many bytes apart fall into few sets of a cache.
    static let conflictBytes = 1024
    /// Rows and columns packed at one time, and bytes of all packed panels; where more would need
    /// sums apart from `c`; and where `k` is cut into slices.
    static let stripe = 8192
    static let packedBytes = 8 << 20
    static let summedBytes = 32 << 20
    static let slicedBytes = 64 << 20
    /// Rows and columns that a piece of a stripe has at least.
    static let pieceMin = 64
    /// Parts of `k` that may be summed apart when `c` is too small to be cut into blocks.
    static let slices = 16
    /// Elements of `c` up to which a deep product is cut along `k` rather than into blocks.
    static let deepArea = 1 << 14
    /// Bytes over which the elements of a transposed `a` may be spread to be read in place.
    static let spreadBytes = 512 << 10
  }

  /// The arithmetic: float32 or float64.
  let dtype: DType
  let kernels: tandem_gemm_kernels
  /// Elements of `k` that one call of the block kernel takes, and in how many slices `k` is summed.
  private(set) var depth: Int
  private(set) var slices: Int
  /// Elements along `k` that lie together in a packed panel.
  var grouped: Int { Int(kernels.grouped) }
  /// Size of the blocks of `c`. A loop that sees them wants long rows; how `k` is cut, and with it
  /// every bit, stays.
  let rows: Int
  let columns: Int
  /// Whether `a` or `b` is copied into panels first.
  let packsA: Bool
  let packsB: Bool
  /// Whether `c` can be written by the kernel itself: right dtype, unit column stride, and nothing
  /// that takes its blocks.
  let writesDirectly: Bool

  init(_ problem: MatrixProblem, level: Int32) {
    dtype = problem.dtype == .float64 ? .float64 : .float32
    kernels = tandem_gemm_kernels_for(level, Int32(problem.dtype.rawValue)).pointee
    let (m, n, k) = (problem.m, problem.n, problem.k)
    let grouped = Int(kernels.grouped)
    let (mr, nr) = (Int(kernels.mr), Int(kernels.nr))
    let same = problem.dtype == dtype
    let deepest = m == 1 ? 64 : (k >= Limit.deep ? Limit.deepDepth : Limit.depth) * grouped
    depth = BlockPlan.roundUp(max(1, BlockPlan.even(k, atMost: deepest)), to: grouped)
    let bFits = m == 1 || depth * n * dtype.byteCount <= Limit.directBytes
    packsB = !(same && (problem.b.columnStride == 1 || n == 1) && m <= 5 * mr && bFits)
    packsA = !(same && n <= 6 * nr && BlockPlan.readsWell(problem.a, depth, dtype.byteCount))
    writesDirectly =
      problem.result == dtype && (problem.c.columnStride == 1 || n == 1) && problem.finish == nil

    var rows = BlockPlan.even(m, atMost: Limit.rows)
    var columns = BlockPlan.roundUp(BlockPlan.even(n, atMost: Limit.columns), to: nr)
    let isDeep = m * n <= Limit.deepArea && k >= 2 * Limit.slices * depth
    while !isDeep {
      let blocks = BlockPlan.ceil(m, rows) * BlockPlan.ceil(n, columns)
      if blocks >= Limit.blocks || rows * columns * k / 2 < Limit.blockWork { break }
      if columns > nr && (columns >= 2 * rows || rows <= mr) {
        columns = BlockPlan.roundUp(columns / 2, to: nr)
      } else if rows > mr {
        rows = (rows + 1) / 2
      } else {
        break
      }
    }
    let blocks = BlockPlan.ceil(m, rows) * BlockPlan.ceil(n, columns)
    let wanted = min(Limit.slices, rows * columns * k / (4 * Limit.blockWork), k / (2 * depth))
    slices = blocks >= Limit.blocks / 2 ? 1 : max(1, wanted)
    while problem.finish != nil && columns < min(n, Limit.columns) && rows >= 2 * mr {
      (rows, columns) = (BlockPlan.ceil(rows, 2), min(2 * columns, BlockPlan.roundUp(n, to: nr)))
    }
    (self.rows, self.columns) = (rows, columns)
  }

  /// The plan with `k` cut as another plan cuts it.
  func summing(like other: BlockPlan) -> BlockPlan {
    var copy = self
    (copy.depth, copy.slices) = (other.depth, other.slices)
    return copy
  }

  /// Whether tiles can read `a` in place: its rows must not evict each other from the first-level
  /// cache, and a transposed `a` must not be spread so wide that each `k` costs a page of its own.
  private static func readsWell(_ a: MatrixView, _ depth: Int, _ size: Int) -> Bool {
    if a.columnStride != 1 {
      return a.columns <= Limit.depth
        || (a.rowStride == 1 && abs(a.columnStride) * depth * size <= Limit.spreadBytes)
    }
    return a.rowStride * size % Limit.conflictBytes != 0 || depth * size <= Limit.conflictBytes
  }

  /// The smallest equal length of as few parts as possible, none longer than `limit`.
  static func even(_ length: Int, atMost limit: Int) -> Int {
    ceil(length, max(1, ceil(length, limit)))
  }

  /// How many groups along `k` a packed panel has for so many elements.
  func groups(_ count: Int) -> Int { grouped == 1 ? count : (count + 1) / 2 }

  static func ceil(_ x: Int, _ y: Int) -> Int { (x + y - 1) / y }

  static func roundUp(_ x: Int, to unit: Int) -> Int { ceil(x, unit) * unit }
}
