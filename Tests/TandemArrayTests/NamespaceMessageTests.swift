import TandemArray
import Testing

/// What the functions of the NumPy-style namespace say of arguments that do not fit.
@Suite struct NamespaceMessageTests {
  private func expect(
    _ words: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @escaping @Sendable () -> NDArray
  ) { expectFailure(words, sourceLocation: sourceLocation) { _ = body() } }

  private let x = NDArray.zeros([2, 3])
  private let n = NDArray.zeros([4], dtype: .int64)

  @Test func creation() {
    expect("linspace: a negative count: -1") { .linspace(from: 0, upTo: 1, count: -1) }
    expect("logspace: a negative count: -1") { .logspace(0, 1, count: -1) }
    expect("geomspace: 0.0 and 1.0 are not on one side of zero") { .geomspace(0, 1, count: 3) }
    expect("hanning: a negative count: -2") { .hanning(-2) }
    expect("tri: a negative length: [-1, -1]") { .tri(-1) }
    expect("indices: needs one to seven axes: []") { .indices(of: []) }
    let (x, n) = (x, n)
    expect("meshgrid: needs vectors: float32[2, 3]") { NDArray.meshgrid([x])[0] }
    expect("diagonalIndices: needs axes of one length: float32[2, 3]") { x.diagonalIndices()[0] }
    expect("fillingDiagonal: needs two or more axes: int64[4]") { n.fillingDiagonal(1) }
    expect("lowerTriangleIndices: needs a matrix: int64[4]") { n.lowerTriangleIndices().rows }
  }

  @Test func movement() {
    let (x, n) = (x, n)
    expect("vstacked: no arrays") { .vstacked([]) }
    expect("unstacked: no axis 2: float32[2, 3]") { x.unstacked(axis: 2)[0] }
    expect("split: there are no 0 parts: float32[2, 3]") { x.split(intoNearlyEqual: 0)[0] }
    expect("vsplit: needs two or more axes: int64[4]") { n.vsplit(into: 2)[0] }
    expect("dsplit: needs three or more axes: float32[2, 3]") { x.dsplit(into: 1)[0] }
    expect("movedAxes: 1 axes for 2 places: float32[2, 3]") { x.movedAxes(from: [0], to: [0, 1]) }
    expect("movedAxes: axis 0 is given twice: float32[2, 3]") {
      x.movedAxes(from: [0, -2], to: [0, 1])
    }
    expect("rolledAxis: no place 3 among the axes: float32[2, 3]") { x.rolledAxis(0, before: 3) }
    expect("unflattened: axis 1 is not [2, -1]: float32[2, 3]") {
      x.unflattened(axis: 1, to: [2, -1])
    }
    expect("rotated: axis 1 is given twice: float32[2, 3]") { x.rotated(axes: (1, -1)) }
    expect("rolled: 1 shifts for 2 axes: float32[2, 3]") { x.rolled(by: [1], axes: [0, 1]) }
    expect("broadcastTogether: shapes do not fit: float32[2, 3], int64[4]") {
      NDArray.broadcastTogether([x, n])[0]
    }
    expect("inserting: no place 4 along axis 1: float32[2, 3]") { x.inserting(1, at: [4], axis: 1) }
    expect("inserting: values do not fit [1, 3]: float32[2, 3], int64[4]") {
      x.inserting(n, at: [0], axis: 0)
    }
    expect("removing: no place 3 along axis 1: float32[2, 3]") { x.removing(at: [3], axis: 1) }
    expect("removing: no places 1..<4 along axis 1: float32[2, 3]") { x.removing(1..<4, axis: 1) }
    expect("repeated: counts do not fit axis 0: [1]: float32[2, 3]") {
      x.repeated(counts: [1], axis: 0)
    }
    expect("trimmingZeros: needs one axis: float32[2, 3]") { x.trimmingZeros() }
    expect("padded: axis 0 cannot be continued by (before: -1, after: 0): int64[4]") {
      n.padded([(-1, 0)], mode: .edge)
    }
    expect("strided: places 0 to 6 reach beyond 6 elements: float32[2, 3]") {
      x.strided(shape: [7], strides: [1])
    }
  }

  @Test func selection() {
    let (x, n) = (x, n)
    expect("extract: needs one truth value for each element: float32[2, 3], int64[4]") {
      x.extract(where: n)
    }
    expect("compress: needs a vector of at most 2: float32[2, 3], int64[4]") {
      x.compress(where: n, axis: 0)
    }
    expect("unraveledIndex: needs integers: float32[2, 3]") { x.unraveledIndex(in: [2])[0] }
    expect("raveledIndex: 1 index arrays for [2, 2]") { .raveledIndex([n], in: [2, 2]) }
    expect("choose: needs integers and arrays to choose from: int64[4]") { n.choose([]) }
    expect("select: conditions need bool: int64[4]") { .select([(n, n)]) }
    expect("pick: needs one index for each line of axis 1: float32[2, 3], int64[4]") { x.pick(n) }
    expect("gatherND: needs a row of integers for each axis: float32[2, 3]") { n.gatherND(x) }
    expect(
      "sequenceMask: needs time and batch in front and a length for each of the batch: "
        + "float32[2, 3], int64[4]"
    ) { x.sequenceMask(lengths: n) }
  }

  @Test func statistics() {
    let (x, n) = (x, n)
    expect("average: weights do not fit axis 1: float32[2, 3], int64[4]") {
      x.average(axis: 1, weights: n)
    }
    expect("average: weights do not fit: float32[2, 3], int64[4]") { x.average(weights: n) }
    expect("covariance: needs a vector or a matrix: float32[1, 2, 3]") {
      x.expandingDims(at: 0).covariance()
    }
    expect("diff: a negative order: -1: float32[2, 3]") { x.diff(order: -1) }
    expect("quantile: the part 1.5 is not between 0 and 1: float32[2, 3]") { x.quantile(1.5) }
    expect("median: there are no elements: int64[0]") { n[..<0].median() }
    expect("median: no axis 2: float32[2, 3]") { x.median(axis: 2) }
    expect("bincount: needs integers, and a weight for each: float32[2, 3]") { x.bincount() }
    expect("histogram: there are no 0 bins in (0.0, 0.0): int64[4]") { n.histogram(bins: 0).counts }
    expect(
      "histogram: needs two or more bounds and a weight for each element: int64[4], float32[2, 3]"
    ) { n.histogram(edges: x).counts }
    expect("histogramND: needs points as rows and bounds for each column: int64[4]") {
      n.histogramND(edges: [])
    }
  }

  @Test func sets() {
    let (x, n) = (x, n)
    expect("partitioned: no place 3 along axis 1: float32[2, 3]") { x.partitioned(at: 3, axis: 1) }
    expect("lexSort: keys need one shape with an axis: float32[2, 3], int64[4]") {
      .lexSort([x, n])
    }
    expect("digitized: needs a vector of bounds: int64[4], float32[2, 3]") { n.digitized(x) }
    expect("packedBits: needs integers or bool: float32[2, 3]") { x.packedBits() }
    expect("unpackedBits: needs uint8 and a free axis: int64[4]") { n.unpackedBits() }
    expect("applyAlongAxis: there are no vectors: float32[0, 3]") {
      x[..<0].applyAlongAxis(1) { $0 }
    }
    expect("isClose: shapes do not fit: float32[2, 3], int64[4]") { x.isClose(to: n) }
  }

  @Test func signals() {
    let (x, n) = (x, n)
    expect("interpolated: needs points: float32[2, 3], int64[4], float32[2, 3]") {
      x.interpolated(n, x)
    }
    expect("trapezoidalArea: places do not fit axis 1: float32[2, 3], int64[4]") {
      x.trapezoidalArea(at: n)
    }
    expect("convolve: needs two vectors that are not empty: int64[4], float32[2, 3]") {
      n.convolve(x)
    }
    expect("polynomialValue: needs a vector of coefficients: float32[2, 3]") {
      n.polynomialValue(x)
    }
    expect("polynomialFit: needs more points than the degree 4: int64[4], int64[4]") {
      n.polynomialFit(n, degree: 4)
    }
    expect("vandermonde: needs a vector, and no negative number of columns: float32[2, 3]") {
      x.vandermonde()
    }
    expect("gatherMatmul: needs stacks of matrices: float32[2, 3], float32[2, 3]") {
      x.gatherMatmul(x, lhs: n, rhs: n)
    }
  }

  /// In a region there are no values on which a shape could depend; the message says so.
  @Test func regionsRefuseShapesThatDependOnValues() {
    let n = n
    expect(
      "nonzero: the shape of the result depends on values, which a traced region does not have; "
        + "use where: int64[4]"
    ) { compile { (x: NDArray) in x.flatNonzero() }(n) }
  }
}
