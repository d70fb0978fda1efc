import Glibc
import TandemShapes

/// The compiler, with what scripts are compiled against.
struct ScriptCompiler {
  let library: ScriptLibrary
  /// The path of `swiftc`, without links.
  let compiler: String
  let isOptimized: Bool

  /// The compiler that the shell would find.
  ///
  /// - Throws: `ScriptError` if there is none.
  static func inPath() throws(ScriptError) -> String {
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    for folder in path.split(separator: ":") {
      let candidate = "\(folder)/swiftc"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    throw ScriptError("no swiftc in PATH: install a Swift toolchain")
  }

  /// A name for all that the program follows from: the files, the library, the compiler, and how it
  /// is called.
  ///
  /// - Throws: `ScriptError` if the library or the compiler is gone.
  func identity(of source: ScriptSource) throws(ScriptError) -> String {
    var hash = SHA256()
    func add(_ bytes: [UInt8]) {
      withUnsafeBytes(of: bytes.count) { hash.add($0) }
      bytes.withUnsafeBytes { hash.add($0) }
    }
    for word in options { add(Array(word.utf8)) }
    for file in [compiler, library.path, library.moduleMap] { add(Array(try version(file).utf8)) }
    for file in [source.main] + source.others {
      add(Array(file.path.utf8))
      add(file.bytes)
    }
    return hash.hexDigest
  }

  /// What changes when a file is replaced: place, size and time.
  private func version(_ path: String) throws(ScriptError) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw ScriptError("cannot read \(path): \(String(cString: strerror(errno)))")
    }
    let time = status.st_mtim
    return "\(path) \(status.st_ino) \(status.st_size) \(time.tv_sec).\(time.tv_nsec)"
  }

  private var options: [String] {
    [
      "-swift-version", "6", "-default-isolation", "MainActor", "-module-name", "Script",
      isOptimized ? "-O" : "-Onone", isOptimized ? "-gline-tables-only" : "-g",
      "-I", library.modules, "-Xcc", "-fmodule-map-file=\(library.moduleMap)",
      "-L", library.folder, "-lTandem", "-Xlinker", "-rpath", "-Xlinker", library.folder,
    ]
  }

  /// Compiles a script; what the compiler says goes where this program's errors go.
  ///
  /// - Parameter folder: an empty one; the program is `script` in it.
  /// - Throws: `ScriptError`, without a message if the compiler has said what is wrong.
  func compile(_ source: ScriptSource, to folder: String) throws(ScriptError) {
    var files = [source.main.path]
    if !source.others.isEmpty || !source.main.path.hasSuffix(".swift") {
      // Of several files only one of this name may have statements beside declarations; and a name
      // without an ending is no Swift to the compiler.
      let main = folder + "/main.swift"
      try write(source.renamedMain, to: main)
      files = [main] + source.others.map(\.path)
    }
    let status = try run([compiler] + options + ["-o", folder + "/script"] + files)
    guard status == 0 else { throw ScriptError(nil) }
  }

  private func write(_ bytes: [UInt8], to path: String) throws(ScriptError) {
    let file = fopen(path, "we")
    let count = file.map { fwrite(bytes, 1, bytes.count, $0) } ?? 0
    guard let file, fclose(file) == 0, count == bytes.count else {
      throw ScriptError("cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }

  private func run(_ words: [String]) throws(ScriptError) -> Int32 {
    var child = pid_t()
    let pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    let error = posix_spawn(&child, words[0], nil, nil, pointers, environ)
    guard error == 0 else {
      throw ScriptError("cannot start \(words[0]): \(String(cString: strerror(error)))")
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) == -1 && errno == EINTR {}
    return status
  }
}
