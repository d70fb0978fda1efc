import CTandem
import TandemShapes
import TandemThreads

/// A batch of matrices that one factorization works through, side by side.
struct MatrixBatch {
  /// The axes before the matrices.
  let shape: Shape
  /// About how many multiplications one matrix takes; decides how many form a chunk.
  let work: Int
  /// Whether one matrix can use several threads.
  let isTiled: Bool

  init(_ shape: Shape, work: Int, isTiled: Bool = false) {
    (self.shape, self.work, self.isTiled) = (shape, work, isTiled)
  }

  /// Whether matrices are worked through one after another, each by all threads, rather than side
  /// by side: few ones, for which threads would wait, and some more if they are large enough to
  /// keep all threads busy.
  private var isOneByOne: Bool { isTiled && shape.elementCount < (work >= 1 << 29 ? 16 : 4) }

  /// Calls `body` with each matrix's index and the threads that it may use; it returns zero or
  /// LAPACK's number of what went wrong.
  ///
  /// - Throws: `KernelFailure` for the first matrix that failed, in `words` about that number,
  ///   after `matrix [3]: ` if there is a batch; or what is missing if LAPACK is not here.
  func forEach(
    in context: ParallelContext, _ body: (_ index: [Int], _ context: ParallelContext) -> Int64,
    describing words: (_ info: Int64) -> String
  ) throws(KernelFailure) {
    let count = shape.elementCount
    if count > 0, let missing = tandem_blas_missing() {
      throw KernelFailure(String(cString: missing))
    }
    let failure: (index: [Int], info: Int64)? = withScratch(Int64.self, count: count) { infos in
      if isOneByOne {
        for number in 0..<count { infos[number] = body(index(number), context) }
      } else {
        forEachChunk(of: count, size: max(1, (1 << 18) / max(work, 1)), in: context) { _, range in
          for number in range { infos[number] = body(index(number), .serial) }
        }
      }
      return (0..<count).first { infos[$0] != 0 }.map { (index($0), infos[$0]) }
    }
    guard let failure else { return }
    let place = shape.rank > 0 ? "matrix \(failure.index): " : ""
    throw KernelFailure(place + MatrixBatch.describe(failure.info, words))
  }

  /// The operations on all matrices of a shape.
  ///
  /// - Parameter matrix: those on one, from its rows, its columns and the smaller of the two.
  static func operations(
    on shape: Shape, _ matrix: (_ m: Double, _ n: Double, _ k: Double) -> Double
  ) -> Int {
    let (m, n) = (Double(shape[-2]), Double(shape[-1]))
    let total = Double(shape.dropLast(2).elementCount) * matrix(m, n, min(m, n))
    return total < 1e18 ? Int(total) : 1_000_000_000_000_000_000
  }

  private func index(_ number: Int) -> [Int] {
    var (index, rest) = ([Int](repeating: 0, count: shape.rank), number)
    for axis in (0..<shape.rank).reversed() {
      index[axis] = rest % shape[axis]
      rest /= shape[axis]
    }
    return index
  }

  private static func describe(_ info: Int64, _ words: (Int64) -> String) -> String {
    switch info {
    case Int64(TANDEM_NOT_FINITE): "there is a NaN or an infinity in the matrix"
    case Int64(TANDEM_NO_MEMORY): "there is no memory for scratch space"
    case ..<0: "broken invariant: argument \(-info) of a LAPACK routine is wrong"
    default: words(info)
    }
  }
}

extension Operand {
  /// The part of the operand at an index of its leading axes.
  func part(at index: [Int]) -> Operand {
    var offset = layout.offset
    for (axis, position) in index.enumerated() { offset += position * layout.stride(axis) }
    let axes = index.count..<layout.rank
    let strides = axes.map { layout.stride($0) }
    return Operand(
      base, Layout(Shape(axes.map { shape[$0] }), strides: strides, offset: offset), dtype)
  }

  /// Copies the operand's elements to dense memory, row-major or column-major.
  func pack(
    to memory: UnsafeMutableRawPointer, columnMajor: Bool = false,
    in context: ParallelContext = .serial
  ) {
    Copy.copy(self, to: dense(memory, columnMajor), in: context)
  }

  /// Overwrites the operand's elements with those of dense memory.
  func unpack(
    from memory: UnsafeMutableRawPointer, columnMajor: Bool = false,
    in context: ParallelContext = .serial
  ) {
    Copy.copy(dense(memory, columnMajor), to: self, in: context)
  }

  private func dense(_ memory: UnsafeMutableRawPointer, _ columnMajor: Bool) -> Operand {
    let order = columnMajor ? Array((0..<layout.rank).reversed()) : Array(0..<layout.rank)
    return Operand(memory, Layout.dense(shape, order: order), dtype)
  }

  /// Whether LAPACK's double precision functions apply.
  var isDouble: Bool { dtype.part == .float64 }

  /// The axes before the last `count`.
  func batch(dropping count: Int = 2) -> Shape { shape.dropLast(count) }
}

/// Dense scratch matrices for one thread, for the length of one call; sizes in elements.
func withMatrices<Result>(
  _ sizes: [Int], of dtype: DType, _ body: ([UnsafeMutableRawPointer]) -> Result
) -> Result {
  let rounded = sizes.map { ($0 * dtype.byteCount + 63) / 64 * 64 }
  return withScratch(UInt8.self, count: rounded.reduce(0, +)) { memory in
    var places: [UnsafeMutableRawPointer] = []
    var offset = 0
    for size in rounded {
      places.append(UnsafeMutableRawPointer(memory + offset))
      offset += size
    }
    return body(places)
  }
}
