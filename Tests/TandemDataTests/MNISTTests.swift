import Glibc
import TandemShapes
import TestSupport
import Testing

@testable import TandemData

@Suite struct MNISTTests {
  let folder = TemporaryFolder()

  /// A set of two images and one, made of plain and compressed fixtures, and its description.
  func tiny() throws -> DataSetDescription {
    let files = try [
      "tiny-images-idx3-ubyte.gz", "tiny-labels-idx1-ubyte.gz", "members-images-idx3-ubyte.gz",
      "tiny-labels-idx1-ubyte.gz",
    ].map { name in
      let bytes = try fixture(name)
      return DataSetFile(name, bytes.count, SHA256.hexDigest(of: bytes))
    }
    return DataSetDescription(
      name: "tiny", urlVariable: "TANDEM_TINY_URL", defaultURL: "", files: files)
  }

  @Test func theUsersFolderComesFirst() async throws {
    let set = try tiny()
    for file in set.files { folder.write(try fixture(file.name), "tiny/\(file.name)") }
    let locator = DataSetLocator(data: folder.path, cache: nil, baseURL: "")
    let (source, train, test) = try await loadImageSets(set, from: locator)
    #expect(source == .files("\(folder.path)/tiny"))
    #expect(train.count == 3 && train.height == 4 && train.width == 5 && train.labels == [2, 0, 9])
    #expect(test.images == train.images)
  }

  @Test func anIncompleteFolderIsAnError() throws {
    let set = try tiny()
    folder.write(try fixture(set.files[0].name), "tiny/\(set.files[0].name)")
    let error = #expect(throws: DataSetError.self) {
      try DataSetLocator(data: folder.path, cache: nil, baseURL: "").locate(set)
    }
    #expect(error?.message == "tiny: missing file: \(folder.path)/tiny/tiny-labels-idx1-ubyte.gz")
  }

  @Test func downloadsOnceThenUsesTheCacheAndRepairsIt() async throws {
    let set = try tiny()
    for file in set.files { folder.write(try fixture(file.name), file.name) }
    let server = LocalServer(root: folder.path)
    let cache = folder.path + "/cache"
    let online = DataSetLocator(data: nil, cache: cache, baseURL: server.url("whole"))
    #expect(try online.locate(set).0 == .download)
    let offline = DataSetLocator(data: folder.path + "/none", cache: cache, baseURL: "")
    #expect(try offline.locate(set).0 == .cache)
    // A damaged file in the cache is not used.
    let path = "\(cache)/tiny/\(set.files[0].name)"
    var damaged = try fixture(set.files[0].name)
    damaged[50] ^= 1
    folder.write(damaged, "cache/tiny/\(set.files[0].name)")
    #expect(throws: DataSetError.self) { try offline.locate(set) }
    #expect(try online.locate(set).0 == .download)
    #expect(try wholeFile(path, largest: 1000) == fixture(set.files[0].name))
  }

  @Test func withoutFilesAndNetworkTheGeneratorIsUsed() async throws {
    for locator in [
      DataSetLocator(data: nil, cache: folder.path, baseURL: ""),
      DataSetLocator(data: nil, cache: nil, baseURL: nil),
    ] {
      let mnist = try await MNIST.load(from: locator, trainCount: 50, testCount: 20)
      #expect(mnist.source == .builtIn && mnist.name == "stroke_digits")
      #expect(mnist.train.count == 50 && mnist.test.count == 20)
      #expect(mnist.train.images.prefix(784 * 20) != mnist.test.images[...])
    }
  }

  @Test func aServerWithOtherFilesIsAnError() async throws {
    for file in DataSetDescription.mnist.files { folder.write([1, 2, 3], file.name) }
    let server = LocalServer(root: folder.path)
    let locator = DataSetLocator(
      data: nil, cache: folder.path + "/cache", baseURL: server.url("whole"))
    let error = await #expect(throws: DataSetError.self) { try await MNIST.load(from: locator) }
    #expect(error?.code == .checksum)
  }

  /// The real files, where this machine has them; sums that NumPy took of them.
  @Test(.enabled(if: realData != nil, "no real data: set TANDEM_DATA"))
  func readsTheRealSet() async throws {
    let locator = DataSetLocator(data: realData, cache: nil, baseURL: "")
    let mnist = try await MNIST.load(from: locator)
    #expect(mnist.source == .files(realData! + "/mnist") && mnist.name == "mnist")
    #expect(mnist.train.count == 60_000 && mnist.test.count == 10_000)
    #expect(mnist.train.height == 28 && mnist.train.width == 28)
    #expect(mnist.train.labels.prefix(5) == [5, 0, 4, 1, 9])
    #expect(
      SHA256.hexDigest(of: mnist.train.images)
        == "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757")
    #expect(
      SHA256.hexDigest(of: mnist.test.labels)
        == "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5")
  }

  @Test func theTableIsTheFilesOfThisMachine() throws {
    guard let realData else { return }
    for set in [DataSetDescription.mnist, .fashionMNIST] {
      for file in set.files {
        let path = "\(realData)/\(set.name)/\(file.name)"
        guard let size = regularFileSize(path) else { continue }
        #expect(size == file.byteCount)
        #expect(try SHA256.hexDigest(ofFile: path) == file.sha256)
      }
    }
  }
}
