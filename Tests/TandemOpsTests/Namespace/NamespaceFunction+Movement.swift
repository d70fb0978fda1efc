import TandemArray

extension NamespaceFunction {
  /// Shapes, joining and cutting.
  static let movement: [NamespaceFunction] = [
    .one("atLeast1D") { x, _ in x[0].atLeast1D() },
    .one("atLeast2D") { x, _ in x[0].atLeast2D() },
    .one("atLeast3D") { x, _ in x[0].atLeast3D() },
    .one("trace") { x, f in x[0].trace(offset: f.int(0)) },
    .one("vstacked") { x, _ in .vstacked(x) },
    .one("hstacked") { x, _ in .hstacked(x) },
    .one("dstacked") { x, _ in .dstacked(x) },
    .one("columnStacked") { x, _ in .columnStacked(x) },
    .one("appending") { x, f in x[0].appending(x[1], axis: f.optional(0)) },
    .init("unstacked") { x, f in x[0].unstacked(axis: f.int(0)) },
    .init("splitNearlyEqual") { x, f in x[0].split(intoNearlyEqual: f.int(0), axis: f.int(1)) },
    .init("vsplit") { x, f in x[0].vsplit(into: f.int(0)) },
    .init("hsplit") { x, f in x[0].hsplit(into: f.int(0)) },
    .init("dsplit") { x, f in x[0].dsplit(into: f.int(0)) },
    .one("movedAxes") { x, f in x[0].movedAxes(from: f.ints(0), to: f.ints(1)) },
    .one("rolledAxis") { x, f in x[0].rolledAxis(f.int(0), before: f.int(1)) },
    .one("unflattened") { x, f in x[0].unflattened(axis: f.int(0), to: f.ints(1)) },
    .one("reshapedLike") { x, _ in x[0].reshaped(like: x[1].cast(to: .float32)) },
    .one("broadcastLike") { x, _ in x[0].broadcast(like: x[1].cast(to: .float32)) },
    .one("slicedLike") { x, f in
      x[0].sliced(like: x[1].cast(to: .float32), axes: f.ints(0).isEmpty ? nil : f.ints(0))
    },
    .init("broadcastTogether") { x, _ in NDArray.broadcastTogether(x) },
    .one("rolledFlat") { x, f in x[0].rolled(by: f.int(0)) },
    .one("rolledAxes") { x, f in x[0].rolled(by: f.ints(0), axes: f.ints(1)) },
    .one("repeatedFlat") { x, f in x[0].repeated(f.int(0)) },
    .one("repeatedCounts") { x, f in x[0].repeated(counts: f.ints(0), axis: f.int(1)) },
    .one("rotated") { x, f in
      x[0].rotated(quarterTurns: f.int(0), axes: (f.ints(1)[0], f.ints(1)[1]))
    },
    .one("flippedUpDown") { x, _ in x[0].flippedUpDown() },
    .one("flippedLeftRight") { x, _ in x[0].flippedLeftRight() },
    .one("resized") { x, f in x[0].resized(to: Shape(f.ints(0))) },
    .one("inserting") { x, f in
      x[0].inserting(x[1], at: f.ints(0), axis: f.optional(1))
    },
    .one("removing") { x, f in x[0].removing(at: f.ints(0), axis: f.optional(1)) },
    .one("removingRange") { x, f in x[0].removing(f.ints(0)[0]..<f.ints(0)[1], axis: f.int(1)) },
    .one("trimmingZeros", .eagerOnly) { x, f in
      x[0].trimmingZeros(front: f.flag(0), back: f.flag(1))
    },
  ]
}
