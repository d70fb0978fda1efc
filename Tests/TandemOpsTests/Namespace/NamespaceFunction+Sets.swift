import TandemArray

extension NamespaceFunction {
  /// Orders, sets, lines, bits.
  static let sets: [NamespaceFunction] = [
    .one("isIn", .compiled) { x, f in x[0].isIn(x[1], inverted: f.flag(0)) },
    .one("flatIsIn", .compiled) { x, f in x[0].flatIsIn(x[1], inverted: f.flag(0)) },
    .one("intersection", .eagerOnly) { x, _ in x[0].intersection(x[1]) },
    .one("union", .eagerOnly) { x, _ in x[0].union(x[1]) },
    .one("subtractingSet", .eagerOnly) { x, _ in x[0].subtractingSet(x[1]) },
    .one("symmetricDifference", .eagerOnly) { x, _ in x[0].symmetricDifference(x[1]) },
    .one("unique", .eagerOnly) { x, _ in x[0].unique() },
    .init("uniqueWithPlaces", .eagerOnly) { x, _ in
      let all = x[0].uniqueWithPlaces()
      return [all.values, all.first, all.counts, all.inverse]
    },
    .init("uniqueWithInverse", .eagerOnly) { x, _ in
      let all = x[0].uniqueWithInverse()
      return [all.values, all.inverse]
    },
    .init("uniqueWithCounts", .eagerOnly) { x, _ in
      let all = x[0].uniqueWithCounts()
      return [all.values, all.counts]
    },
    .one("partitioned") { x, f in x[0].partitioned(at: f.int(0), axis: f.int(1)) },
    .one("argPartition", .compiled) { x, f in x[0].argPartition(at: f.int(0), axis: f.int(1)) },
    .one("lexSort", .compiled) { x, _ in .lexSort(x) },
    .one("digitized", .compiled) { x, f in
      x[0].digitized(x[1], right: f.flag(0), descending: f.flag(1))
    },
    .one("applyAlongAxis") { x, f in x[0].applyAlongAxis(f.int(0)) { $0.sorted() * 2 } },
    .one("applyAlongAxisToNumbers") { x, f in x[0].applyAlongAxis(f.int(0)) { $0.sum() } },
    .one("applyAlongAxisToMatrices") { x, f in x[0].applyAlongAxis(f.int(0)) { $0.outer($0) } },
    .one("applyOverAxes") { x, f in
      x[0].applyOverAxes(f.ints(0)) { array, axis in array.sum(axis: axis) }
    },
    .one("packedBits", .compiled) { x, f in x[0].packedBits(axis: f.int(0)) },
    .one("unpackedBits", .compiled) { x, f in x[0].unpackedBits(axis: f.int(0)) },
  ]

  /// Parts of numbers, closeness.
  static let numbers: [NamespaceFunction] = [
    .one("positive") { x, _ in x[0].positive() },
    .one("real") { x, _ in x[0].real },
    .one("signBit", .compiled) { x, _ in x[0].signBit() },
    .one("heaviside") { x, _ in x[0].heaviside(x[1]) },
    .init("divmod") { x, _ in
      let parts = x[0].divmod(x[1])
      return [parts.quotient, parts.remainder]
    },
    .init("modf") { x, _ in
      let parts = x[0].modf()
      return [parts.fraction, parts.whole]
    },
    .init("frexp", .compiled) { x, _ in
      let parts = x[0].frexp()
      return [parts.mantissa, parts.exponent]
    },
    .one("spacing", .compiled) { x, _ in x[0].spacing() },
    .one("floatPower") { x, _ in x[0].floatPower(x[1]) },
    .one("isClose", .compiled) { x, f in
      x[0].isClose(
        to: x[1], relative: f.double(0), absolute: f.double(1), equalNaN: f.flag(2))
    },
    .one("allClose", .eagerOnly) { x, f in
      NDArray([x[0].allClose(to: x[1], equalNaN: f.flag(0))], shape: [])
    },
    .one("arrayEqual", .eagerOnly) { x, f in
      NDArray([x[0].arrayEqual(x[1], equalNaN: f.flag(0))], shape: [])
    },
    .one("arrayEquivalent", .eagerOnly) { x, _ in
      NDArray([x[0].arrayEquivalent(x[1])], shape: [])
    },
  ]
}
