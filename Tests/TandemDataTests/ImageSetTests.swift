import TandemShapes
import Testing

@testable import TandemData

@Suite struct ImageSetTests {
  func key(_ seed: UInt64, _ epoch: Int) -> RandomKey { RandomKey(seed: seed, tick: UInt64(epoch)) }

  func set(_ count: Int) throws -> ImageSet {
    try ImageSet(
      images: (0..<count * 4).map { UInt8(truncatingIfNeeded: $0 * 3) },
      labels: (0..<count).map { UInt8($0 % 10) }, height: 2, width: 2)
  }

  @Test func ordersArePermutationsOfSeedAndEpoch() throws {
    let set = try set(1000)
    #expect(set.order(shuffled: false, key: key(1, 0)) == Array(0..<1000))
    let first = set.order(shuffled: true, key: key(1, 0))
    #expect(first.sorted() == Array(0..<1000) && first != Array(0..<1000))
    #expect(set.order(shuffled: true, key: key(1, 0)) == first)
    #expect(set.order(shuffled: true, key: key(1, 1)) != first)
    #expect(set.order(shuffled: true, key: key(2, 0)) != first)
    #expect(try self.set(0).order(shuffled: true, key: key(1, 0)).isEmpty)
    #expect(try self.set(1).order(shuffled: true, key: key(1, 0)) == [0])
  }

  /// Each of the 24 permutations of four images is as frequent as the others.
  @Test func permutationsAreEven() throws {
    let set = try set(4)
    var counts: [[UInt32]: Int] = [:]
    for epoch in 0..<6000 {
      counts[set.order(shuffled: true, key: key(9, epoch)), default: 0] += 1
    }
    #expect(counts.count == 24)
    #expect(counts.values.allSatisfy { abs($0 - 250) < 80 }, "\(counts)")
  }

  @Test func passesCoverTheSetAndAdvance() throws {
    func plan(_ pass: Int, _ last: LastBatch = .keep, isShuffled: Bool = true) -> BatchPlan {
      let position = BatchPosition(
        items: 103, size: 10, isShuffled: isShuffled, last: last, shards: 1, seed: 5, pass: pass)
      return BatchPlan(position, at: .unknown)
    }
    let set = try set(103)
    let first = plan(0)
    #expect(first.count == 11 && first[10].count == 3)
    #expect((0..<11).flatMap { first[$0] }.sorted() == Array(0..<103))
    let dropped = plan(0, .drop, isShuffled: false)
    #expect(dropped.count == 10 && dropped[9] == [90, 91, 92, 93, 94, 95, 96, 97, 98, 99])
    var key = RandomKey.forShuffle(epoch: 1)
    key.seed = 5
    #expect(plan(1).order == set.order(shuffled: true, key: key) && plan(1).order != first.order)
  }

  @Test func batchesAreGatheredAsFloats() throws {
    let images = (0..<512).map { UInt8(truncatingIfNeeded: $0) }
    let set = try ImageSet(images: images, labels: [7, 3], height: 16, width: 16)
    var pixels = [Float](repeating: -1, count: 512)
    var classes = [Int64](repeating: -1, count: 2)
    pixels.withUnsafeMutableBufferPointer { pixels in
      classes.withUnsafeMutableBufferPointer { set.gather([1, 0], pixels: pixels, classes: $0) }
    }
    #expect(classes == [3, 7])
    #expect(pixels == images.map { Float($0) / 255 })
  }

  @Test func sizesMustFit() {
    let error = #expect(throws: DataSetError.self) {
      try ImageSet(images: [1, 2, 3], labels: [0], height: 2, width: 2)
    }
    #expect(error?.message == "images: 3 bytes are not 1 images of 2 × 2")
  }
}
