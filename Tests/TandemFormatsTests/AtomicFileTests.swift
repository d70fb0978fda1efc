import Glibc
import TestSupport
import Testing

@testable import TandemFormats

/// A save that does not come to its end leaves the folder as it was.
@Suite struct AtomicFileTests {
  let folder = TemporaryFolder()

  private func contents(of path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }

  /// Killed in mid-save, by the user or by the kernel: the old file is there, and nothing else.
  @Test(arguments: [SIGINT, SIGKILL]) func aKilledSaveLeavesNothing(number: Int32) async {
    let path = folder.write([1, 2, 3], "weights")
    await #expect(processExitsWith: .signal(number)) { [path = path as String, number] in
      let file = try AtomicFile(path, format: "test")
      try file.write([UInt8](repeating: 4, count: 1 << 20))
      if number == SIGINT {
        signal(SIGINT, SIG_DFL)
        var mask = sigset_t()
        sigemptyset(&mask)
        sigaddset(&mask, SIGINT)
        pthread_sigmask(SIG_UNBLOCK, &mask, nil)
      }
      kill(getpid(), number)
      while true { sched_yield() }
    }
    #expect(folder.files == ["weights"])
    #expect(contents(of: path) == [1, 2, 3])
  }

  /// The same bytes and rights with and without a name on the way.
  @Test(arguments: [false, true]) func aFileIsThereWhenItIsCommitted(isNamed: Bool) throws {
    let path = "\(folder.path)/new"
    for bytes in [[1, 2], [3, 4, 5]] as [[UInt8]] {
      let file = try AtomicFile(path, format: "test", isNamed: isNamed)
      try file.write(bytes)
      #expect(folder.files.contains { $0.hasSuffix(".tmp") } == isNamed)
      try file.commit()
      #expect(folder.files == ["new"])
      #expect(contents(of: path) == bytes)
    }
    var status = stat()
    let mask = umask(0)
    umask(mask)
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o666 & ~mask)
  }

  /// What is given up, and what cannot have its name, is removed.
  @Test(arguments: [false, true]) func whatIsNotCommittedIsRemoved(isNamed: Bool) throws {
    do {
      let file = try AtomicFile("\(folder.path)/given up", format: "test", isNamed: isNamed)
      try file.write([1])
    }
    #expect(folder.files.isEmpty)
    mkdir("\(folder.path)/taken", 0o755)
    let error = #expect(throws: FormatError.self) {
      let file = try AtomicFile("\(folder.path)/taken", format: "test", isNamed: isNamed)
      try file.commit()
    }
    #expect(error?.message == "test: cannot write: Is a directory: \(folder.path)/taken")
    #expect(folder.files == ["taken"])
  }

  @Test func aFolderThatIsNotThereIsNamed() {
    let error = #expect(throws: FormatError.self) {
      _ = try AtomicFile("\(folder.path)/none/new", format: "test")
    }
    #expect(
      error?.message == "test: cannot write: No such file or directory: \(folder.path)/none/new")
  }
}
