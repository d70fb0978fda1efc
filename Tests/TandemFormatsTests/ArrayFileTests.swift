import TandemArray
import TandemNN
import TestSupport
import Testing

@testable import TandemFormats

@Suite struct ArrayFileTests {
  let folder = TemporaryFolder()

  struct Model: Layer {
    let weight = Parameter(NDArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]))
    let bias = Parameter(NDArray([7, 8, 9] as [Float], shape: [3]))

    func callAsFunction(_ x: NDArray) -> NDArray { x }
  }

  struct OtherModel: Layer {
    let weight = Parameter(NDArray([0, 0, 0, 0] as [Float], shape: [2, 2]))
    let bias = Parameter(NDArray([0, 0, 0] as [Float], shape: [3]))

    func callAsFunction(_ x: NDArray) -> NDArray { x }
  }

  func zeros(_ model: Model) {
    model.weight.value = NDArray([Float](repeating: 0, count: 6), shape: [2, 3])
    model.bias.value = NDArray([Float](repeating: 0, count: 3), shape: [3])
  }

  @Test func arraysComeBackAsTheyWere() throws {
    let path = folder.path + "/a"
    try save(
      [
        ("b", NDArray([1.5, -2, .nan, 4] as [Float], shape: [2, 2])),
        ("a", NDArray([1, -2, 3], shape: [3])), ("e", NDArray([Float](), shape: [0, 3])),
      ], to: path, metadata: ["x": "y"])
    let read = try loadArrays(from: path)
    #expect(read.count == 3)
    #expect(read["a"]?.type == .int64([3]) && read["a"]?.scalars(as: Int.self) == [1, -2, 3])
    #expect(read["e"]?.type == .float32([0, 3]))
    let floats = try #require(read["b"]).scalars(as: Float.self).map(\.bitPattern)
    #expect(floats == [1.5, -2, .nan, 4].map { (value: Float) in value.bitPattern })
    #expect(try SafetensorsFile(reading: path).metadata == ["x": "y"])
  }

  @Test func anyByteOfABoolIsTrueOrFalse() throws {
    let header = #"{"t":{"dtype":"BOOL","shape":[4],"data_offsets":[0,4]}}"#
    let length = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]
    let read = try loadArrays(from: folder.write(length + header.utf8 + [0, 1, 2, 255], "t"))
    #expect(try read["t"]?.withUnsafeBytes { Array($0) } == [0, 1, 1, 1])
  }

  @Test func runningStatisticsComeBack() throws {
    let path = folder.path + "/n"
    let (model, other) = (Sequential { BatchNorm() }, Sequential { BatchNorm() })
    let x = NDArray([1, 2, 3, 6] as [Float], shape: [2, 2])
    _ = withTraining(true) { model(x) }
    try model.save(path)
    let names = try SafetensorsFile(reading: path).entries.map(\.name)
    #expect(names == ["0.bias", "0.runningMean", "0.runningVariance", "0.scale"])
    try other.load(path)
    #expect(other(x).scalars(as: Float.self) == model(x).scalars(as: Float.self))
    let wrong = Sequential { BatchNorm(channels: 3) }
    let error = #expect(throws: FormatError.self) { try wrong.load(path) }
    #expect(error?.message.hasPrefix("safetensors: float32[2] does not fit") == true)
  }

  @Test func modelsComeBack() throws {
    let path = folder.path + "/m"
    let model = Model()
    try model.save(path)
    #expect(try SafetensorsFile(reading: path).entries.map(\.name) == ["bias", "weight"])
    let other = Model()
    zeros(other)
    try other.load(path)
    #expect(other.weight.value.scalars(as: Float.self) == [1, 2, 3, 4, 5, 6])
    #expect(other.bias.value.scalars(as: Float.self) == [7, 8, 9])
  }

  @Test func aFileThatDoesNotFitChangesNothing() throws {
    let path = folder.path + "/m"
    try Model().save(path)
    let other = OtherModel()
    let shapes = #expect(throws: FormatError.self) { try other.load(path) }
    #expect(
      shapes?.message
        == "safetensors: float32[2, 3] does not fit the parameter, float32[2, 2]: \"weight\": "
        + path
    )
    #expect(other.bias.value.scalars(as: Float.self) == [0, 0, 0])
    try save(
      [("bias", NDArray([1, 2, 3] as [Float], shape: [3])), ("x", NDArray([1], shape: [1]))],
      to: path)
    let names = #expect(throws: FormatError.self) { try other.load(path) }
    #expect(
      names?.message
        == "safetensors: other parameters than the model's: missing [\"weight\"], unknown [\"x\"]: "
        + path)
    #expect(other.bias.value.scalars(as: Float.self) == [0, 0, 0])
  }

  @Test func parametersWithoutAValueCannotBeSaved() {
    struct Lazy: Layer {
      let weight = Parameter(shape: [nil, 2], initializer: .zeros)
      func callAsFunction(_ x: NDArray) -> NDArray { x }
    }
    let path = folder.path + "/lazy"
    let error = #expect(throws: FormatError.self) { try Lazy().save(path) }
    #expect(
      error?.message
        == "safetensors: parameter has no value before the model's first call: \"weight\": \(path)")
    #expect(folder.files.isEmpty)
  }
}
