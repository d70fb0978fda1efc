import TandemShapes
import TestSupport
import Testing

@testable import TandemData

@Suite struct IDXTests {
  let images = (0..<60).map { UInt8(truncatingIfNeeded: 7 * $0 + $0 * $0 / 3) }

  func message(_ file: [UInt8], rank: Int = 3) -> String? {
    do {
      _ = try IDXFile(file, name: "f", rank: rank)
      return nil
    } catch {
      return error.message
    }
  }

  func header(_ magic: UInt32, _ lengths: UInt32...) -> [UInt8] {
    ([magic] + lengths).flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  @Test func readsWhatPythonCompressed() throws {
    for name in ["tiny-images-idx3-ubyte.gz", "members-images-idx3-ubyte.gz"] {
      let file = try IDXFile(fixture(name), name: name, rank: 3)
      #expect(file.lengths == [3, 4, 5])
      #expect(file.bytes == images)
    }
    let labels = try IDXFile(fixture("tiny-labels-idx1-ubyte.gz"), name: "l", rank: 1)
    #expect(labels.lengths == [3] && labels.bytes == [2, 0, 9])
    let plain = try IDXFile(header(0x803, 3, 4, 5) + images, name: "plain", rank: 3)
    #expect(plain.bytes == images)
  }

  @Test func saysWhatIsWrongWithAHeader() {
    #expect(
      message(header(0x802, 3, 4) + images) == "idx: wrong magic 0x00000802, wanted 0x00000803: f")
    #expect(message(header(0x803, 3)) == "idx: torn header: 8 bytes: f")
    #expect(message([]) == "idx: torn header: 0 bytes: f")
    #expect(
      message(header(0x803, 3, 4, 5) + images.dropLast())
        == "idx: header wants 60 elements, file has 59: f")
    #expect(
      message(header(0x803, 3, 4, 5) + images + [1])
        == "idx: header wants 60 elements, file has 61: f")
    #expect(
      message(header(0x803, .max, .max, .max))
        == "idx: header asks for too much: [4294967295, 4294967295, 4294967295]: f")
    #expect(message(header(0x803, 0, .max, .max)) == nil)
  }

  @Test func aBombIsStoppedAtWhatItsHeaderPromises() throws {
    let bomb = try fixture("bomb-images-idx3-ubyte.gz")
    #expect(bomb.count < 100_000)
    #expect(message(bomb) == "idx: header wants 60 elements, file has more: f")
  }

  @Test func everyTornGzipFileIsRefused() throws {
    let whole = try fixture("tiny-images-idx3-ubyte.gz")
    for count in 0..<whole.count {
      #expect(message(Array(whole.prefix(count))) != nil, "of \(whole.count) bytes: \(count)")
    }
    #expect(message(Array(whole.prefix(40))) == "gzip: torn file: f")
  }

  @Test func wrongChecksumsAreRefused() throws {
    let whole = try fixture("tiny-images-idx3-ubyte.gz")
    for place in whole.count - 8..<whole.count {
      var damaged = whole
      damaged[place] ^= 1
      let said = message(damaged)
      #expect(
        said == "gzip: corrupt: incorrect data check: f"
          || said == "gzip: corrupt: incorrect length check: f", "\(place)")
    }
    #expect(message(whole + [0]) != nil)
  }

  /// A flipped bit is refused, or was in a part of the header that carries no data (name, time).
  @Test(arguments: [UInt64(1)]) func flippedBitsNeverChangeData(seed: UInt64) throws {
    var random = PhiloxGenerator(RandomKey(seed: seed))
    let whole = try fixture("tiny-images-idx3-ubyte.gz")
    for _ in 0..<2000 {
      var damaged = whole
      for _ in 0...random.next(below: 3) {
        damaged[Int(random.next(below: UInt32(whole.count)))] ^= 1 << UInt8(random.next(below: 8))
      }
      if let file = try? IDXFile(damaged, name: "f", rank: 3) {
        #expect(file.bytes == images && file.lengths == [3, 4, 5], "seed \(seed)")
      }
    }
  }

  @Test func imagesAndLabelsMustFit() throws {
    let folder = TemporaryFolder()
    let imagesPath = folder.write(header(0x803, 3, 4, 5) + images, "i")
    let labelsPath = folder.write(header(0x801, 2) + [1, 2], "l")
    let error = #expect(throws: DataSetError.self) {
      try ImageSet(imagesPath: imagesPath, labelsPath: labelsPath)
    }
    #expect(error?.message == "images: 3 images, 2 labels: \(imagesPath)")
  }
}
