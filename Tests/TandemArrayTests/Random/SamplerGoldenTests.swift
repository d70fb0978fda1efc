import TandemArray
import Testing

/// The bits of samplers with fixed keys: what a seed gives must not change without notice.
@Suite struct SamplerGoldenTests {
  /// FNV-1a of the bits of 64 numbers for each line of the fixture with a name.
  private static let expected: [String: String] = [
    "beta": "3f85b81205c5ed94", "binomial": "ff05c345c0ee8125", "cauchy": "302336aafab16c04",
    "chiSquare": "c5e26721d6302c05", "exponential": "8dac40cb43c0287b", "f": "158f5c5eafbc35d4",
    "gamma": "1866604f8e567a5f", "generalizedNegativeBinomial": "9aa8ae126c7ced25",
    "geometric": "7d58962759a1d225", "gumbel": "448cc85cf2b83c4b",
    "halfNormal": "2c4f724440650e9", "laplace": "75281491facd6adc",
    "logNormal": "37eb75f56cad42c", "logistic": "92c51d7f4de1c5d8",
    "negativeBinomial": "46d6a62759a1d225", "normal": "5aa13ba2faf06aaf",
    "pareto": "42635864967a557d", "poisson": "b882745c0ee8125", "power": "8fe23fe4c3bd93c6",
    "rayleigh": "d7bd25954695c878", "studentT": "a3ba5e75c717cf5a",
    "truncatedNormal": "b0c1abec5af5fd1d", "uniform": "9f79a2669352ea2d",
    "weibull": "efb3a845900e6be6",
  ]

  @Test func bitsStay() {
    var found: [String: UInt64] = [:]
    for fixture in SamplerFixture.all {
      let dtype: DType = fixture.chiSquareBound == nil ? .float64 : .int64
      let values = fixture.draw([64], fixture.parameters, RandomKey(seed: 2026), dtype)
      var hash = found[fixture.name] ?? 0xCBF2_9CE4_8422_2325
      for value in values.cast(to: .float64).scalars(as: Double.self) {
        hash = (hash ^ value.bitPattern) &* 0x0000_0100_0000_01B3
      }
      found[fixture.name] = hash
    }
    #expect(found.mapValues { String($0, radix: 16) } == Self.expected)
  }

  /// The first numbers, to see them.
  @Test func firstNumbers() {
    let random = NDArray.random
    let key = RandomKey(seed: 1)
    #expect(random.poisson([8], mean: 4, key: key).scalars() == [9, 4, 4, 4, 2, 7, 0, 6])
    #expect(
      random.binomial([8], trials: 20, probability: 0.5, key: key).scalars() == [
        10, 10, 11, 11, 8, 14, 13, 13,
      ])
    #expect(
      random.choice(10, [8], replacing: false, key: key).scalars() == [0, 9, 8, 2, 6, 7, 1, 4])
    #expect(
      random.multinomial(trials: 20, weights: NDArray([1, 2, 3, 4]), key: key).scalars() == [
        6, 3, 5, 6,
      ])
    #expect(
      random.categorical(logits: NDArray([0, 1, 2]), [8], key: key).scalars() == [
        0, 2, 1, 1, 2, 1, 2, 2,
      ])
    #expect(
      random.uniqueZipfian(below: 99, count: 8, key: key).numbers.scalars() == [
        94, 35, 8, 7, 14, 5, 13, 21,
      ])
    #expect(random.integers(in: 0..<10, [8], key: key).scalars() == [9, 7, 4, 4, 5, 3, 5, 6])
  }
}
