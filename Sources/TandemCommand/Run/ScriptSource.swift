import Glibc

/// A script's files, as they are when they are read.
struct ScriptSource {
  struct File {
    /// As the user wrote it, which is how errors name it.
    let path: String
    let bytes: [UInt8]
  }

  let main: File
  let others: [File]

  /// - Throws: `ScriptError` if a file cannot be read, or is given twice.
  init(_ script: String, with others: [String]) throws(ScriptError) {
    var seen: Set<String> = []
    for path in [script] + others where !seen.insert(path).inserted {
      throw ScriptError("\(path) is given twice")
    }
    main = try File(reading: script)
    var files: [File] = []
    for path in others { files.append(try File(reading: path)) }
    self.others = files
  }

  /// The script for a file of another name, in which errors still have its own.
  var renamedMain: [UInt8] {
    let path = main.path.flatMap { $0 == "\"" || $0 == "\\" ? "\\\($0)" : "\($0)" }
    let text = main.bytes.starts(with: "#!".utf8) ? Array("//".utf8) + main.bytes : main.bytes
    return Array("#sourceLocation(file: \"\(String(path))\", line: 1)\n".utf8) + text
  }
}

extension ScriptSource.File {
  init(reading path: String) throws(ScriptError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw ScriptError("cannot read \(path): \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw ScriptError("no file: \(path)") }
    guard let file = fopen(path, "re") else {
      throw ScriptError("cannot read \(path): \(String(cString: strerror(errno)))")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 {
      bytes += piece[..<count]
    }
    guard ferror(file) == 0 else { throw ScriptError("cannot read \(path)") }
    (self.path, self.bytes) = (path, bytes)
  }
}
