import TandemArray

extension NamespaceFunction {
  /// Places, and elements that they pick.
  static let selection: [NamespaceFunction] = [
    .init("nonzero", .eagerOnly) { x, _ in x[0].nonzero() },
    .one("flatNonzero", .eagerOnly) { x, _ in x[0].flatNonzero() },
    .one("argWhere", .eagerOnly) { x, _ in x[0].argWhere() },
    .one("extract", .eagerOnly) { x, _ in x[0].extract(where: x[1]) },
    .one("compress", .eagerOnly) { x, f in x[0].compress(where: x[1], axis: f.optional(0)) },
    .init("unraveledIndex", .compiled) { x, f in x[0].unraveledIndex(in: Shape(f.ints(0))) },
    .one("raveledIndex", .compiled) { x, f in .raveledIndex(x, in: Shape(f.ints(0))) },
    .one("choose") { x, _ in x[0].choose(Array(x.dropFirst())) },
    .one("select") { x, f in
      .select([(x[0], x[2]), (x[1], x[3])], default: f.int(0))
    },
    .one("piecewise") { x, f in
      x[0].piecewise(
        [(x[0] .< 0, { -$0 }), (x[0] .>= 1, { $0 * $0 })], default: f.double(0))
    },
    .one("puttingAlongAxis") { x, f in x[0].puttingAlongAxis(x[1], x[2], axis: f.int(0)) },
    .one("pick") { x, f in x[0].pick(x[1], axis: f.int(0), keepDims: f.flag(1)) },
    .one("gatherND") { x, _ in x[0].gatherND(x[1]) },
    .one("indexAdd") { x, _ in x[0].indexAdd(x[1], x[2]) },
    .one("indexUpdate") { x, _ in x[0].indexUpdate(x[1], x[2]) },
    .one("sequenceMask") { x, f in
      x[0].sequenceMask(lengths: x[1], value: f.int(1), timeAxis: f.int(0))
    },
    .one("sequenceLast") { x, f in
      x[0].sequenceLast(lengths: x.count > 1 ? x[1] : nil, timeAxis: f.int(0))
    },
    .one("sequenceReverse") { x, f in
      x[0].sequenceReverse(lengths: x.count > 1 ? x[1] : nil, timeAxis: f.int(0))
    },
  ]
}
