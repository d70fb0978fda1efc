import TandemArray
import TandemNN
import TandemShapes
import TestSupport
import Testing

@testable import TandemFormats

/// What a report says of a file and a model, arrays that show a file, and MXNet's files.
@Suite struct LoadReportTests {
  @Test("matched, missing, extra and wrong names are told apart")
  func report() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/m.safetensors"
    try save(
      [
        ("0.weight", .ones([4, 3])), ("1.weight", .zeros([2, 5])), ("head", .ones([1])),
        ("0.bias", NDArray.ones([4], dtype: .float64)),
      ], to: path)
    let model = Sequential {
      Dense(4, inputs: 3)
      Dense(2)
    }
    let report = try model.loadMatching(path)
    #expect(report.matched == ["0.weight", "1.weight"] && report.missing == ["1.bias"])
    #expect(report.extra == ["head"] && !report.isExact)
    #expect(
      report.description == """
        2 matched
        missing: 1.bias
        extra: head
        wrong: 0.bias: float64[4], the model has float32[4]
        """)
    #expect(model.parameters[0].parameter.value.scalars(as: Int.self).allSatisfy { $0 == 1 })
    #expect(throws: FormatError.self) { try model.load(path) }
    let other = Sequential { Dense(4, inputs: 3, hasBias: false) }
    #expect(try other.loadMatching(path, renaming: { _ in "0.weight" }).matched == ["0.weight"])
    #expect(try other.loadReport(path).extra.count == 3)
  }

  @Test("mapped arrays are the file's numbers, change alone, and outlive the file's name")
  func mapped() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/a.safetensors"
    let numbers = NDArray.arange(10_000).cast(to: .float32)
    try save([("x", numbers), ("flag", NDArray([true, false]))], to: path)
    var arrays: [String: NDArray] = [:]
    do {
      let file = try SafetensorsFile(reading: path)
      for entry in file.entries { arrays[entry.name] = file.mappedArray(entry) }
    }
    try save([("x", numbers + 1)], to: path)
    var x = try #require(arrays["x"])
    #expect(x.scalars(as: Float.self) == numbers.scalars(as: Float.self))
    x += 1
    #expect(x.sum().item() == (numbers + 1).sum().item())
    #expect(arrays["x"]?.sum().item() == numbers.sum().item())
    #expect(arrays["flag"]?.scalars(as: Bool.self) == [true, false])
  }

  private func legacy() -> [UInt8] {
    func word(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let floats = [1, 2.5, -3].flatMap { word(Int(Float($0).bitPattern), 4) }
    let first = word(0xF993_FAC9, 4) + word(0, 4) + word(2, 4) + word(1, 8) + word(3, 8)
    let second = word(0xF993_FACA, 4) + word(0, 4) + word(1, 4) + word(2, 8)
    return word(0x112, 8) + word(0, 8) + word(2, 8) + first + word(1, 4) + word(0, 4) + word(0, 4)
      + floats + second + word(1, 4) + word(0, 4) + word(6, 4) + word(7, 8) + word(-1, 8)
      + word(2, 8) + word(5, 8) + Array("arg:w".utf8) + word(1, 8) + Array("n".utf8)
  }

  @Test(
    "MXNet's arrays by their names; torn and changed files are refused", arguments: [6] as [UInt64])
  func mxnet(seed: UInt64) throws {
    let folder = TemporaryFolder()
    let whole = legacy()
    let arrays = try loadMXNet(from: folder.write(whole, "a.params"))
    #expect(arrays.map(\.name) == ["arg:w", "n"] && arrays[0].array.shape == [1, 3])
    #expect(arrays[0].array.scalars(as: Float.self) == [1, 2.5, -3])
    #expect(arrays[1].array.scalars(as: Int.self) == [7, -1])
    for count in 0..<whole.count {
      #expect(throws: FormatError.self) {
        try loadMXNet(from: folder.write(Array(whole.prefix(count)), "b.params"))
      }
    }
    var random = SplitMix(seed: seed)
    for _ in 0..<300 {
      var bytes = whole
      bytes[random.below(bytes.count)] = UInt8(random.below(256))
      _ = try? loadMXNet(from: folder.write(bytes, "c.params"))
    }
    #expect {
      try loadMXNet(
        from: folder.write([1, 2, 3, 4, 5, 6, 7, 8] + [UInt8](repeating: 0, count: 8), "d"))
    } throws: { "\($0)".hasPrefix("mxnet: not a file of arrays at byte 8: ") }
  }
}
