import Glibc

/// A folder that is removed, with all that is in it, when the test ends.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
    var template = Array("\(parent)/tandem-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template)!)
  }

  deinit { TemporaryFolder.remove(path) }

  /// The names of the files in the folder, sorted.
  package var files: [String] { TemporaryFolder.names(in: path)?.sorted() ?? [] }

  /// Writes a file into the folder, or a folder of it, and returns its path.
  @discardableResult
  package func write(_ bytes: [UInt8], _ name: String) -> String {
    if let slash = name.lastIndex(of: "/") { mkdir("\(path)/\(name[..<slash])", 0o755) }
    let file = fopen("\(path)/\(name)", "w")!
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return "\(path)/\(name)"
  }

  /// What is in a folder; `nil` for a file.
  private static func names(in path: String) -> [String]? {
    guard let directory = opendir(path) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  private static func remove(_ path: String) {
    guard let names = names(in: path) else {
      unlink(path)
      return
    }
    for name in names { remove("\(path)/\(name)") }
    rmdir(path)
  }
}
