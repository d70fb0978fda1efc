import TandemShapes
import TestSupport
import Testing

@testable import TandemData

/// Decoding and transforms against Pillow's bytes, and files that are damaged.
@Suite struct PictureTests {
  private struct Fixtures {
    var files: [String: [UInt8]] = [:]
    var pictures: [(name: String, what: String, picture: Picture)] = []

    init() throws {
      for line in String(decoding: try fixture("pictures.txt"), as: UTF8.self).split(
        separator: "\n")
      {
        let words = line.split(separator: " ")
        let digits = Array((words.last ?? "").utf8)
        let bytes = stride(from: 0, to: digits.count, by: 2).map { place in
          UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16) ?? 0
        }
        if words[0] == "file" {
          files[String(words[1])] = bytes
        } else {
          let sizes = words[2...4].compactMap { Int($0) }
          pictures.append(
            (
              String(words[0]), String(words[1]),
              Picture(height: sizes[0], width: sizes[1], channels: sizes[2], pixels: bytes)
            ))
        }
      }
    }
  }

  @Test("JPEG and PNG files give Pillow's bytes")
  func decoding() throws {
    let fixtures = try Fixtures()
    #expect(fixtures.files.count == 7)
    for (name, what, picture) in fixtures.pictures where what == "decoded" {
      let file = try #require(fixtures.files[name])
      let decoded = try Picture(decoding: file, name: name)
      let most = zip(decoded.pixels, picture.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
      #expect(decoded.height == picture.height && decoded.channels == picture.channels, "\(name)")
      // Versions of the library differ in how they round the mean of chroma.
      #expect(most <= (name == "sampled.jpg" || name == "progressive.jpg" ? 3 : 0), "\(name)")
    }
  }

  @Test("transforms give Pillow's bytes")
  func transforms() throws {
    let fixtures = try Fixtures()
    let colour = try #require(fixtures.pictures.first { $0.name == "colour" }).picture
    let grey = try #require(
      fixtures.pictures.first { $0.name == "grey" && $0.what == "original" }
    ).picture
    for (name, what, wanted) in fixtures.pictures where !["decoded", "original"].contains(what) {
      let words = what.split(separator: ":")
      let numbers = words.dropFirst().compactMap { Float($0) }
      let from = name == "grey" ? grey : colour
      let made: Picture =
        switch words[0] {
        case "resized": from.resized(height: Int(numbers[0]), width: Int(numbers[1]))
        case "grey": from.grey()
        case "brightness": from.brightness(numbers[0])
        case "contrast": from.contrast(numbers[0])
        case "saturation": from.saturation(numbers[0])
        case "hue": from.hue(numbers[0])
        case "flippedLeftRight": from.flippedLeftRight()
        case "flippedTopBottom": from.flippedTopBottom()
        default: from.cropped(top: 2, left: 3, height: 8, width: 10)
        }
      let off = zip(made.pixels, wanted.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
      #expect(made.height == wanted.height && made.width == wanted.width, "\(name) \(what)")
      // Where one side grows and the other shrinks, Pillow may turn the order of the two round.
      #expect(off <= (what == "resized:6:31" ? 1 : 0), "\(name) \(what)")
    }
  }

  @Test("arrays are channels first, normalised")
  func arrays() {
    let picture = Picture(height: 1, width: 2, channels: 3, pixels: [0, 51, 102, 255, 204, 153])
    #expect(picture.array().shape == [3, 1, 2])
    #expect(picture.array().scalars(as: Float.self) == [0, 1, 0.2, 0.8, 0.4, 0.6])
    let normal = picture.normalized(mean: [0.5], deviation: [0.5, 0.25, 1])
    #expect(normal.scalars(as: Float.self)[0...1] == [-1, 1])
    #expect(
      picture.padded(by: 1).height == 3 && picture.padded(by: 1).pixels[15...17] == [0, 51, 102])
    #expect(picture.centerCropped(height: 1, width: 1).pixels == [0, 51, 102])
  }

  @Test("random transforms follow from the generator", arguments: [1, 2, 3] as [UInt64])
  func randomness(seed: UInt64) {
    let picture = Picture(
      height: 12, width: 10, channels: 3, pixels: noise(360, seed: seed))
    func made() -> Picture {
      var random = PhiloxGenerator(RandomKey(seed: seed))
      return picture.randomlyResizedCrop(height: 8, width: 8, &random).randomlyFlipped(0.5, &random)
        .randomColours(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, &random)
        .randomlyCropped(height: 8, width: 8, padding: 2, &random)
    }
    #expect(made() == made() && made().pixels.count == 192)
  }

  @Test("damaged files are refused with their name, never more", arguments: [5] as [UInt64])
  func damage(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    print("seed \(seed)")
    for (name, file) in try Fixtures().files.sorted(by: { $0.key < $1.key }) {
      for _ in 0..<60 {
        var bytes = file
        if random.below(2) == 0 { bytes.removeLast(1 + random.below(bytes.count - 1)) }
        for _ in 0..<1 + random.below(4) where bytes.count > 2 {
          bytes[2 + random.below(bytes.count - 2)] = UInt8(random.below(256))
        }
        do {
          let picture = try Picture(decoding: bytes, name: name)
          #expect(picture.pixels.count == picture.height * picture.width * picture.channels)
        } catch {
          #expect(error.message.hasSuffix(": \(name)"), "\(error)")
        }
      }
    }
    for cut in [0, 1, 2, 5, 20] {
      let file = try #require(try Fixtures().files["colour.jpg"])
      #expect(throws: DataSetError.self) {
        try Picture(decoding: Array(file.prefix(cut)), name: "torn")
      }
    }
    #expect {
      try Picture(decoding: [1, 2, 3], name: "a.jpg")
    } throws: { "\($0)" == "picture: neither JPEG nor PNG: a.jpg" }
  }

  @Test("a folder of folders is a data set whose errors name the file")
  func folders() throws {
    let folder = TemporaryFolder()
    let files = try Fixtures().files
    folder.write(files["colour.png"] ?? [], "cat/a.png")
    folder.write(files["colour.jpg"] ?? [], "dog/b.JPG")
    folder.write([1], "dog/readme.txt")
    let set = try ImageFolder(folder.path) { picture, _ in
      picture.colours().resized(height: 4, width: 4).array()
    }
    #expect(set.classNames == ["cat", "dog"] && set.count == 2)
    let batch = try #require(Array(set.batches(of: 2)).first)
    #expect(batch.images.shape == [2, 3, 4, 4] && batch.labels.scalars(as: Int.self) == [0, 1])
    folder.write([0xFF, 0xD8, 1], "dog/c.jpg")
    let broken = try ImageFolder(folder.path) { picture, _ in picture.array() }
    var iterator = broken.batches(of: 1).makeIterator()
    _ = try iterator.checkedNext()
    _ = try iterator.checkedNext()
    #expect {
      try iterator.checkedNext()
    } throws: { error in
      "\(error)".hasPrefix("item 2 of ImageFolder: jpeg: ") && "\(error)".hasSuffix("dog/c.jpg")
    }
    #expect(throws: DataSetError.self) {
      try ImageFolder("/nowhere") { picture, _ in picture.array() }
    }
  }
}
