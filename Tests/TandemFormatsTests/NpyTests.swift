import TandemArray
import TandemShapes
import TestSupport
import Testing

@testable import TandemFormats

/// npy and npz files that NumPy wrote, and ours as NumPy reads them.
@Suite struct NpyTests {
  let folder = TemporaryFolder()

  static let letters: [Substring: DType] = Dictionary(
    uniqueKeysWithValues: NpyHeader.names.map { (Substring($0.name), $0.dtype) })

  /// What the fixtures hold: real parts, and imaginary ones.
  static func numbers(_ dtype: DType, _ count: Int) -> [Double] {
    (0..<count).map { index in
      dtype == .bool ? Double(index % 2) : Double(dtype.isSigned ? index - 3 : index)
    }
  }

  @Test func readsWhatNumPyWrites() throws {
    let file = try NpzFile(reading: fixtures + "/npy_dtypes.npz")
    #expect(file.names.count == 14 * 2 * 2 * 4 + 3)
    for name in file.names {
      let parts = name.split(separator: ".")
      let dtype = try #require(NpyTests.letters[parts[0]])
      let shape = Shape(
        parts[3].dropFirst().dropLast().split(separator: ",").compactMap {
          Int($0.trimmingPrefix(" "))
        })
      let array = try file.array(name)
      #expect(array.type == TensorType(shape, dtype), "\(name)")
      let expected = NpyTests.numbers(dtype, shape.elementCount)
      if dtype.kind == .complex {
        let isWide = dtype == .complex128
        let found: [Double] = try array.withUnsafeBytes { bytes in
          isWide
            ? Array(bytes.bindMemory(to: Double.self))
            : bytes.bindMemory(to: Float.self).map(Double.init)
        }
        #expect(
          found == expected.indices.flatMap { [expected[$0], Double(2 * $0)] }, "\(name)")
      } else {
        #expect(array.scalars(as: Double.self) == expected, "\(name)")
      }
    }
  }

  @Test func readsPlainAndStoredFiles() throws {
    let plain = try loadNpy(from: fixtures + "/npy_plain.npy")
    #expect(plain.type == .float32([2, 3]) && plain.scalars() == [-3, -2, -1, 0, 1, 2])
    let arrays = try loadNpz(from: fixtures + "/npy_stored.npz")
    #expect(arrays.keys.sorted() == ["a", "größe"])
    #expect(arrays["größe"]?.scalars(as: Int.self) == [-3, -2, -1, 0])
  }

  @Test func refusesWhatHasNoDType() throws {
    let path = fixtures + "/npy_refused.npz"
    let file = try NpzFile(reading: path)
    let words = [
      "object": "holds Python objects, which are not read",
      "record": "holds records, which are not read", "text": "dtype \"<U2\" is not known",
      "bytes": "dtype \"|S2\" is not known", "date": "dtype \"<M8[D]\" is not known",
      "long": "dtype \"<f16\" is not known", "nine": "9 axes, at most 8",
    ]
    #expect(file.names.count == words.count)
    for (name, text) in words {
      let error = #expect(throws: FormatError.self) { try file.array(name) }
      #expect(error?.message == "npy: \(text): member \"\(name)\": \(path)")
      #expect(error?.code == .unsupported)
    }
  }

  /// Every dtype, views, and arrays without elements come back.
  @Test(arguments: [false, true]) func ourFilesComeBack(compressed: Bool) throws {
    let path = folder.path + "/a.npz"
    var arrays: [(String, NDArray)] = []
    for (dtype, name) in NpyHeader.names {
      let x = NDArray.arange(24).cast(to: dtype).reshaped([2, 3, 4])
      arrays += [(name, x), (name + ".turned", x.transposed()), (name + ".none", x[..<0])]
      arrays.append((name + ".one", x[1, 1, 1]))
    }
    try saveNpz(arrays, to: path, compressed: compressed)
    let first = bytes(of: path)
    let read = try loadNpz(from: path)
    #expect(read.count == arrays.count)
    for (name, array) in arrays {
      let other = try #require(read[name])
      #expect(other.type == array.type)
      #expect(
        try other.withUnsafeBytes { Array($0) } == array.withUnsafeBytes { Array($0) }, "\(name)")
    }
    try saveNpz(arrays, to: path, compressed: compressed)
    #expect(bytes(of: path) == first)
    try saveNpy(arrays[0].1, to: folder.path + "/b.npy")
    #expect(try loadNpy(from: folder.path + "/b.npy").type == arrays[0].1.type)
  }

  @Test func whatCannotBeSavedIsRefused() {
    let path = folder.path + "/c"
    let brain = #expect(throws: FormatError.self) {
      try saveNpy(NDArray.zeros([2], dtype: .bfloat16), to: path)
    }
    #expect(brain?.message == "npy: NumPy has no bfloat16: bfloat16[2]: \(path)")
    let twice = #expect(throws: FormatError.self) {
      try saveNpz([("a", NDArray(1)), ("a", NDArray(2))], to: path)
    }
    #expect(twice?.message == "npz: used twice or too long: \"a\": \(path)")
    #expect(folder.files.isEmpty)
  }

  static let python: String? =
    ReferenceReaderTests.run("python3", "import numpy")?.status == 0 ? "python3" : nil

  /// NumPy reads our files, and writes the very bytes of our npy files.
  @Test(.enabled(if: python != nil, "no Python with NumPy"))
  func numPyReadsOurFiles() throws {
    let script = """
      import sys, io, numpy as np
      for path in sys.argv[1:]:
          x = np.load(path)
          for name in x.files:
              a = x[name]
              print(name, a.dtype, a.shape, a.ravel().tolist())
      a = x["w"]
      stream = io.BytesIO()
      np.save(stream, a)
      print(stream.getvalue() == open(sys.argv[1].replace("stored.npz", "w.npy"), "rb").read())
      """
    let w = NDArray([1.5, -2, .infinity, 1e-30] as [Float], shape: [2, 2])
    let arrays = [("w", w), ("größe", NDArray([7, .min], shape: [2]))]
    let paths = ["/stored.npz", "/deflated.npz"].map { folder.path + $0 }
    try saveNpz(arrays, to: paths[0])
    try saveNpz(arrays, to: paths[1], compressed: true)
    try saveNpy(w, to: folder.path + "/w.npy")
    let python = try #require(NpyTests.python)
    let result = try #require(ReferenceReaderTests.run(python, script, paths[0], paths[1]))
    let once = """
      w float32 (2, 2) [1.5, -2.0, inf, 1.0000000031710769e-30]
      größe int64 (2,) [7, -9223372036854775808]

      """
    #expect(result.status == 0 && result.output == once + once + "True\n", "\(result.output)")
  }
}
