import TandemArray
import TandemShapes
import TestSupport
import Testing

@testable import TandemData

/// Tables, texts, sound and archives: what is read, and words for what is not.
@Suite struct ReaderTests {
  private func table(_ text: String, hasHeader: Bool = true) throws -> CSVFile {
    try CSVFile(Array(text.utf8), name: "t.csv", hasHeader: hasHeader)
  }

  @Test("CSV: quotes, line ends and types")
  func tables() throws {
    let csv = try table("a,b,c\r\n1,\"x, \"\"y\"\"\nz\",2.5\r\n\n-3,,1e3")
    #expect(csv.columns == ["a", "b", "c"] && csv.rowCount == 2)
    #expect(try csv.texts("b") == ["x, \"y\"\nz", ""])
    #expect(try csv.integers("a") == [1, -3] && csv.numbers("c") == [2.5, 1000])
    #expect(try csv.array(["a", "c"]).scalars(as: Float.self) == [1, 2.5, -3, 1000])
    #expect(try csv.classes("b").numbers == [1, 0])
    #expect(try table("1,2", hasHeader: false).numbers("1") == [2])
    #expect(try table("a,b\n,2").numbers("a", missing: -1) == [-1])
  }

  @Test(
    "CSV: complaints name line and column",
    arguments: [
      ("a,b\n1,2,3", "csv: row of 3 fields, the first has 2: t.csv:2"),
      ("a,b\n1,\"2", "csv: quote without an end: t.csv:2, column 2"),
      ("a,b\n1,x\"2", "csv: quote inside of a field: t.csv:2, column 2"),
      ("a,b\n\"1\"x,2", "csv: text behind a quoted field: t.csv:2, column 1"),
      ("a,a\n1,2", "csv: two columns \"a\": t.csv"), ("", "csv: no header: t.csv"),
    ])
  func complaints(text: String, message: String) {
    #expect { try table(text) } throws: { "\($0)" == message }
  }

  @Test("CSV: fields of another type name line and column")
  func types() throws {
    let csv = try table("n\n1\n\"\n\"\nx")
    #expect { try csv.numbers("n") } throws: {
      "\($0)" == "csv: not a number: \"\n\": t.csv:3, column \"n\""
    }
    #expect { try csv.numbers("m") } throws: { "\($0)" == "csv: no column \"m\": t.csv" }
    #expect(throws: DataSetError.self) {
      try CSVFile([0x61, 0x0A, 0xFF], name: "t.csv", hasHeader: true)
    }
  }

  @Test("vocabularies count, cut and answer for what they do not know")
  func vocabularies() throws {
    let text = words(of: "b a b c\na b", lineEnd: "<eos>")
    #expect(text == ["b", "a", "b", "c", "<eos>", "a", "b", "<eos>"])
    let all = Vocabulary(text)
    #expect(all.tokens == ["b", "<eos>", "a", "c"])
    #expect(try all.decode(all.encode(text).map(Int.init)) == text)
    let few = Vocabulary(text, atLeast: 2, reserved: ["<pad>"], unknown: "<unk>")
    #expect(few.tokens == ["<pad>", "<unk>", "b", "<eos>", "a"])
    #expect(try few.encode(["c", "a"]) == [1, 4])
    #expect { try all.encode(["a", "z"]) } throws: {
      "\($0)" == "vocabulary: unknown token \"z\" at place 1"
    }
    #expect { try all.decode([9]) } throws: { "\($0)" == "vocabulary: no token 9 of 4" }
  }

  @Test("windows slide; streams go on where they ended")
  func windows() throws {
    let tokens = (0..<23).map { Int32($0) }
    let windows = TokenWindows(tokens, length: 4, stride: 3)
    #expect(windows.count == 7)
    #expect(try windows.item(6).target.scalars(as: Int.self) == [19, 20, 21, 22])
    let batches = Array(TokenStreams(tokens, streams: 2, length: 3).batches(of: 2))
    #expect(batches.count == 3)
    #expect(batches[1].input.scalars(as: Int.self) == [3, 4, 5, 14, 15, 16])
    #expect(batches[1].target.scalars(as: Int.self) == [4, 5, 6, 15, 16, 17])
    let series = SeriesWindows([1, 2, 3, 4, 5], length: 2, horizon: 2)
    #expect(try series.count == 2 && series.item(1).target.scalars(as: Int.self) == [4, 5])
    #expect(TokenWindows([1], length: 4).count == 0)
  }

  private func wave(_ code: Int, _ bits: Int, _ data: [UInt8]) -> [UInt8] {
    func word(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let format =
      word(code, 2) + word(1, 2) + word(8000, 4) + word(8000 * bits / 8, 4)
      + word(bits / 8, 2) + word(bits, 2)
    let body =
      Array("WAVEfmt ".utf8) + word(16, 4) + format + Array("data".utf8)
      + word(data.count, 4) + data
    return Array("RIFF".utf8) + word(body.count, 4) + body
  }

  @Test("sound of 8, 16, 24 bits and floats; torn files are refused at their byte")
  func sound() throws {
    #expect(
      try WaveFile(wave(1, 16, [0, 128, 255, 127]), name: "a").samples == [-1, 32767.0 / 32768])
    #expect(try WaveFile(wave(1, 8, [0, 128, 192]), name: "a").samples == [-1, 0, 0.5])
    #expect(try WaveFile(wave(1, 24, [0, 0, 192]), name: "a").samples == [-0.5])
    let float = Float(0.25).bitPattern
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: float >> (8 * $0)) }
    #expect(try WaveFile(wave(3, 32, bytes), name: "a").samples == [0.25])
    let whole = wave(1, 16, [1, 2, 3, 4])
    for count in 0..<whole.count {
      #expect(throws: DataSetError.self) { try WaveFile(Array(whole.prefix(count)), name: "a") }
    }
    var long = whole
    (long[40], long[43]) = (255, 255)
    #expect { try WaveFile(long, name: "a.wav") } throws: {
      "\($0)".hasPrefix("wave: chunk of ") && "\($0)".hasSuffix("4 are left at byte 36: a.wav")
    }
    #expect { try WaveFile(wave(7, 16, []), name: "a.wav") } throws: {
      "\($0)" == "wave: unknown format 7, 1 channels, 8000 Hz, 16 bits at byte 12: a.wav"
    }
  }

  private func tar(_ name: String, _ content: [UInt8]) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    block.replaceSubrange(0..<name.utf8.count, with: Array(name.utf8))
    let size = String(content.count, radix: 8)
    block.replaceSubrange(124..<124 + size.utf8.count, with: Array(size.utf8))
    block.replaceSubrange(148..<156, with: Array("        ".utf8))
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    block.replaceSubrange(148..<148 + sum.utf8.count, with: Array(sum.utf8))
    block[148 + sum.utf8.count] = 0
    let pad = [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    return block + content + pad
  }

  @Test("archives: files by name; torn and strange ones are refused")
  func archives() throws {
    let end = [UInt8](repeating: 0, count: 1024)
    let whole = tar("a/b.txt", [1, 2, 3]) + tar("c", []) + end
    let archive = try TarFile(whole, name: "x.tar")
    #expect(archive.files.map(\.name) == ["a/b.txt", "c"])
    #expect(Array(archive.bytes[archive.files[0].range]) == [1, 2, 3])
    #expect { try TarFile(Array(whole.prefix(700)), name: "x.tar") } throws: {
      "\($0)" == "tar: torn archive at byte 0: x.tar"
    }
    var damaged = whole
    damaged[3] = 9
    #expect { try TarFile(damaged, name: "x.tar") } throws: {
      "\($0)" == "tar: wrong checksum of a header at byte 0: x.tar"
    }
    for seed in 0..<100 as Range<UInt64> {
      var random = SplitMix(seed: seed)
      var bytes = whole
      bytes[random.below(bytes.count)] = UInt8(random.below(256))
      _ = try? TarFile(bytes, name: "x.tar")
      _ = try? TarFile(noise(600, seed: seed), name: "x.tar")
    }
  }

  @Test("the real sets, where they are")
  func sets() async throws {
    guard let realData else { return }
    func locator() -> DataSetLocator { DataSetLocator(data: realData, cache: nil, baseURL: "") }
    let cifar = try PictureSet(cifarRecords: locator().locate(.cifar10).paths[1])
    #expect(cifar.count == 1000)
    #expect(Array(cifar.batches(of: 4).prefix(1))[0].images.shape == [4, 3, 32, 32])
    let ratings = try CSVFile(path: locator().locate(.movieLens).paths[0])
    #expect(ratings.rowCount == 100_004)
    let speech = try TarFile(path: locator().locate(.spokenDigits).paths[0])
    let waves = speech.files.filter { $0.name.hasSuffix(".wav") }
    #expect(waves.count == 600)
    let wave = try WaveFile(Array(speech.bytes[waves[0].range]), name: waves[0].name)
    #expect(wave.samplesPerSecond == 8000 && wave.channels == 1)
    let train = try wholeFile(locator().locate(.ptb).paths[0], largest: 1 << 30)
    let tokens = words(of: String(decoding: train, as: UTF8.self), lineEnd: "<eos>")
    #expect(tokens.count == 887_521 + 42_068 && Vocabulary(tokens).count == 10_000)
    let play = try wholeFile(locator().locate(.tinyShakespeare).paths[0], largest: 1 << 30)
    #expect(Vocabulary(characters(of: String(decoding: play, as: UTF8.self))).count == 65)
  }
}
