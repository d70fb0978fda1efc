import TandemShapes
import Testing

@testable import TandemData

@Suite struct StrokeDigitsTests {
  @Test func imagesFollowFromSeedSplitAndIndex() async throws {
    let digits = StrokeDigits(seed: 3)
    let many = try await digits.images(count: 1200, split: .train)
    #expect(many.count == 1200 && many.height == 28 && many.width == 28)
    let some = digits.draw(990..<1010, split: .train)
    #expect(Array(many.images[990 * 784..<1010 * 784]) == some.images)
    #expect(Array(many.labels[990..<1010]) == some.labels)
    #expect(digits.draw(0..<20, split: .test).images != digits.draw(0..<20, split: .train).images)
    #expect(
      StrokeDigits(seed: 4).draw(0..<20, split: .train).images
        != digits.draw(0..<20, split: .train).images)
  }

  /// The bytes never change: a model trained on a seed can be trained again.
  @Test func theBytesAreTheSameEverywhere() {
    let (images, labels) = StrokeDigits(seed: 1).draw(0..<200, split: .train)
    #expect(
      SHA256.hexDigest(of: images + labels)
        == "3484e1fb9d833db1c3643fa44c30b35a0cc922a72ba853f0927cd7d48c58055c")
  }

  @Test func classesAreEvenAndImagesHaveInk() {
    let (images, labels) = StrokeDigits(seed: 0).draw(0..<2000, split: .train)
    for digit in 0..<10 {
      let count = labels.count { $0 == digit }
      // 200 each, standard deviation 13.
      #expect((130...270).contains(count), "\(digit): \(count)")
    }
    for index in 0..<2000 {
      let ink = images[index * 784..<(index + 1) * 784].count { $0 > 100 }
      #expect((20...400).contains(ink), "image \(index): \(ink) pixels")
    }
  }

  @Test func everySkeletonStaysInItsBox() {
    for (digit, variants) in DigitSkeleton.all.enumerated() {
      for point in variants.flatMap(\.strokes).joined() {
        #expect(abs(point.x) <= 0.7 && abs(point.y) <= 1.06, "\(digit): \(point)")
      }
    }
  }
}
