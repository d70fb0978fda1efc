import TandemArray
import Testing

@testable import TandemData

@Suite struct BatchesTests {
  func set(_ count: Int) throws -> ImageSet {
    try ImageSet(
      images: (0..<count * 6).map { UInt8(truncatingIfNeeded: $0 * 5) },
      labels: (0..<count).map { UInt8($0 % 10) }, height: 2, width: 3)
  }

  @Test func batchesHoldImagesAndClasses() throws {
    let set = try set(11)
    let batches = set.batches(of: 4)
    #expect(batches.count == 3 && batches.underestimatedCount == 3)
    let all = Array(batches)
    #expect(all.map(\.images.shape) == [[4, 1, 2, 3], [4, 1, 2, 3], [3, 1, 2, 3]])
    #expect(all.allSatisfy { $0.images.dtype == .float32 && $0.labels.dtype == .int64 })
    #expect(all.flatMap { $0.images.scalars(as: Float.self) } == set.images.map { Float($0) / 255 })
    #expect(all.flatMap { $0.labels.scalars(as: Int.self) } == set.labels.map(Int.init))
    #expect(set.batches(of: 4, last: .drop).count == 2)
    let whole = set.batches(of: .max)
    #expect(whole.count == 1 && set.batches(of: .max, last: .drop).count == 0)
    #expect(Array(whole).map(\.labels.count) == [11])
    #expect(set.batches(of: 20).count == 1 && set.batches(of: 20, last: .drop).count == 0)
    #expect(try Array(self.set(0).batches(of: 4)).isEmpty)
  }

  @Test func shuffledPassesDifferAndRepeatFromTheSeed() throws {
    func pass(_ set: ImageSet) -> [Int] {
      set.batches(of: 10, shuffled: true).flatMap { $0.labels.scalars(as: Int.self) }
    }
    func passes(seed: UInt64) throws -> [[Int]] {
      try withSeed(seed) {
        let set = try set(200)
        return [pass(set), pass(set)]
      }
    }
    let first = try passes(seed: 1)
    #expect(first[0] != first[1] && first[0].sorted() == first[1].sorted())
    #expect(try passes(seed: 1) == first)
    #expect(try passes(seed: 2)[0] != first[0])
    // A sequence that was asked for once keeps its order.
    let batches = try set(200).batches(of: 10, shuffled: true)
    let twice = (0..<2).map { _ in batches.flatMap { $0.labels.scalars(as: Int.self) } }
    #expect(twice[0] == twice[1])
  }
}
