import Glibc
import TandemShapes
import TestSupport
import Testing

@testable import TandemData

/// The real download, through the real curl, from a real server of this machine.
@Suite struct DownloadTests {
  let folder = TemporaryFolder()
  let bytes = noise(300_000, seed: 11)
  let server: LocalServer
  var cache: String { folder.path + "/cache" }
  var path: String { "\(cache)/set.bin" }

  init() {
    folder.write(bytes, "set.bin")
    server = LocalServer(root: folder.path)
  }

  func download(_ way: String, attempts: Int = 4, seconds: Double = 30) -> Download {
    let file = DataSetFile("set.bin", bytes.count, SHA256.hexDigest(of: bytes))
    let limits = DownloadLimits(
      connectSeconds: 5, stallSeconds: 1, totalSeconds: seconds, attempts: attempts)
    return Download(url: server.url(way) + "/set.bin", file: file, folder: cache, limits: limits)
  }

  func complaint(_ way: String, attempts: Int = 4, seconds: Double = 30) -> DataSetError? {
    #expect(throws: DataSetError.self) {
      try download(way, attempts: attempts, seconds: seconds).run()
    }
  }

  /// What the server was asked for: the path and the range of each request.
  func requests() throws -> [String] {
    String(decoding: try wholeFile("\(folder.path)/requests.log", largest: 1 << 20), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }

  func filesInCache() -> [String] {
    guard let directory = opendir(cache) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  @Test func bringsAFileAndLeavesNothingElse() throws {
    try download("whole").run()
    #expect(try wholeFile(path, largest: 1 << 20) == bytes)
    #expect(filesInCache() == ["set.bin"])
    #expect(try requests() == ["/whole/set.bin None"])
    // The second time there is nothing to ask for.
    try download("whole").run()
    #expect(try requests().count == 1)
  }

  @Test func followsRedirections() throws {
    try download("redirect").run()
    #expect(try wholeFile(path, largest: 1 << 20) == bytes)
  }

  @Test func continuesAPart() throws {
    mkdir(cache, 0o755)
    folder.write(Array(bytes.prefix(123_456)), "cache/set.bin.part")
    try download("whole").run()
    #expect(try wholeFile(path, largest: 1 << 20) == bytes)
    #expect(try requests() == ["/whole/set.bin bytes=123456-"])
  }

  @Test func takesABrokenConnectionUpAgain() throws {
    try download("torn").run()
    #expect(try wholeFile(path, largest: 1 << 20) == bytes)
    #expect(
      try requests() == [
        "/torn/set.bin None", "/torn/set.bin bytes=100000-", "/torn/set.bin bytes=200000-",
      ])
  }

  @Test func aBrokenConnectionLeavesAPartForTheNextRun() throws {
    let error = complaint("torn", attempts: 2)
    #expect(error?.code == .unreachable)
    #expect(filesInCache() == ["set.bin.lock", "set.bin.part"])
    #expect(regularFileSize(path + ".part") == 200_000)
    try download("whole").run()
    #expect(try wholeFile(path, largest: 1 << 20) == bytes)
    #expect(try requests().last == "/whole/set.bin bytes=200000-")
  }

  @Test func beginsAnewIfThePartWasOfAnotherFile() throws {
    mkdir(cache, 0o755)
    folder.write(noise(5000, seed: 12), "cache/set.bin.part")
    try download("whole").run()
    #expect(try wholeFile(path, largest: 1 << 20) == bytes)
    folder.write(noise(300_001, seed: 12), "cache/set.bin.part")
    unlink(path)
    try download("whole").run()
    #expect(try wholeFile(path, largest: 1 << 20) == bytes)
  }

  @Test func beginsAnewWhereTheServerHasNoRanges() throws {
    let plain = LocalServer(plainRoot: folder.path)
    mkdir(cache, 0o755)
    folder.write(Array(bytes.prefix(1000)), "cache/set.bin.part")
    let file = DataSetFile("set.bin", bytes.count, SHA256.hexDigest(of: bytes))
    try Download(
      url: "http://127.0.0.1:\(plain.port)/set.bin", file: file, folder: cache,
      limits: DownloadLimits()
    ).run()
    #expect(try wholeFile(path, largest: 1 << 20) == bytes)
  }

  @Test func aWrongChecksumIsRefusedWithBothSums() {
    let error = complaint("wrong")
    let other = SHA256.hexDigest(of: bytes.map { 255 - $0 })
    #expect(error?.code == .checksum)
    #expect(
      error?.message
        == "download: wrong checksum: 300000 bytes with sha256 \(other), wanted 300000 bytes with "
        + "\(SHA256.hexDigest(of: bytes)): \(server.url("wrong"))/set.bin")
    #expect(filesInCache() == ["set.bin.lock"])
  }

  @Test func anEndlessFileIsStopped() {
    let error = complaint("long")
    #expect(error?.message == "download: longer than 300000 bytes: \(server.url("long"))/set.bin")
    #expect(error?.code == .checksum)
    #expect(filesInCache() == ["set.bin.lock"])
  }

  @Test func aSilentServerIsGivenUp() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let error = complaint("hang", seconds: 2)
    #expect(error?.code == .unreachable)
    #expect(clock.now - start < .seconds(10))
    #expect(filesInCache() == ["set.bin.lock"])
  }

  @Test func aMissingFileAndAMissingServerAreUnreachable() {
    server.stop()
    let error = complaint("whole")
    #expect(error?.code == .unreachable)
    #expect(error?.message.contains("127.0.0.1 port \(server.port)") == true, "\(error!)")
    #expect(filesInCache() == ["set.bin.lock"])
  }

  @Test func aCacheThatCannotBeWrittenIsNoCache() throws {
    let cache = "\(folder.path)/set.bin/cache"
    let file = DataSetFile("set.bin", bytes.count, SHA256.hexDigest(of: bytes))
    let error = #expect(throws: DataSetError.self) {
      try Download(
        url: server.url("whole/set.bin"), file: file, folder: cache, limits: DownloadLimits()
      ).run()
    }
    #expect(error?.message == "download: cannot write: Not a directory: \(cache)")
    #expect(error?.code == .unreachable)
  }

  /// Two at once, as two processes would: flock holds between open files.
  @Test func oneOfTwoWritersWaitsForTheOther() async throws {
    let download = download("torn")
    async let first: Void = onThreadOfItsOwn { () throws(DataSetError) in try download.run() }
    async let second: Void = onThreadOfItsOwn { () throws(DataSetError) in try download.run() }
    _ = try await (first, second)
    #expect(try wholeFile(path, largest: 1 << 20) == bytes)
    #expect(try requests().count == 3)
  }

  @Test func aLockThatIsNeverGivenBackIsGivenUp() throws {
    mkdir(cache, 0o755)
    let lock = open("\(path).lock", O_RDWR | O_CREAT, 0o644)
    defer { close(lock) }
    #expect(flock(lock, LOCK_EX) == 0)
    let error = complaint("whole", seconds: 0.2)
    #expect(error?.code == .unreachable)
    #expect(
      error?.message
        == "download: another process holds the lock for more than 0.2 seconds: \(path).lock")
    flock(lock, LOCK_UN)
    try download("whole").run()
    #expect(try wholeFile(path, largest: 1 << 20) == bytes)
  }

  @Test func anErrorOfTheServerIsNoFile() throws {
    let file = DataSetFile("other.bin", 5, "00")
    let error = #expect(throws: DataSetError.self) {
      try Download(
        url: server.url("whole/other.bin"), file: file, folder: cache, limits: DownloadLimits()
      ).run()
    }
    #expect(error?.code == .unreachable && error?.message.contains("404") == true)
  }
}
