import Glibc

/// The programs that scripts were compiled to, in a folder of the user's, named after what they
/// follow from.
struct ScriptCache {
  /// How many programs are kept; those that were not used for longest go first.
  static let capacity = 200

  let folder: String

  /// The cache of who runs this program; its folder is made if it is not there.
  ///
  /// - Throws: `ScriptError` if there is no place for it.
  static func ofUser() throws(ScriptError) -> ScriptCache {
    func variable(_ name: String) -> String? {
      getenv(name).map { String(cString: $0) }.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    guard let base = variable("XDG_CACHE_HOME") ?? variable("HOME").map({ $0 + "/.cache" }) else {
      throw ScriptError("no cache folder: neither XDG_CACHE_HOME nor HOME is set")
    }
    var path = ""
    for part in "\(base)/tandem/scripts".split(separator: "/") {
      path += "/\(part)"
      if mkdir(path, 0o777) != 0 && errno != EEXIST && access(path, X_OK) != 0 {
        throw ScriptError("cannot make \(path): \(String(cString: strerror(errno)))")
      }
    }
    return ScriptCache(folder: path)
  }

  /// Where the program of an identity is, or would be.
  func path(of identity: String) -> String { "\(folder)/\(identity)" }

  /// Makes a program if it is not there. It gets its name when it is complete, so of two that make
  /// it at once both find a whole one.
  ///
  /// - Parameter make: makes the file `script` in an empty folder.
  func fill(
    _ program: String, _ make: (String) throws(ScriptError) -> Void
  ) throws(ScriptError) {
    // Used now: that decides who goes first.
    if utimensat(AT_FDCWD, program, nil, 0) == 0 { return }
    let place = "\(program).\(getpid())"
    remove(folder: place)
    guard mkdir(place, 0o700) == 0 else {
      throw ScriptError("cannot make \(place): \(String(cString: strerror(errno)))")
    }
    defer { remove(folder: place) }
    try make(place)
    guard rename(place + "/script", program) == 0 else {
      throw ScriptError("cannot make \(program): \(String(cString: strerror(errno)))")
    }
    forgetOld()
  }

  /// Forgets all programs.
  func clear() {
    for name in names { remove(name) }
  }

  /// Forgets the programs beyond ``capacity``, and folders of compilers that were killed.
  private func forgetOld() {
    var programs: [(time: Int, name: String)] = []
    let day = time(nil) - 24 * 3600
    for name in names {
      var status = stat()
      guard stat("\(folder)/\(name)", &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFREG {
        programs.append((status.st_mtim.tv_sec, name))
      } else if status.st_mtim.tv_sec < day {
        remove(name)
      }
    }
    programs.sort { $0 > $1 }
    for program in programs.dropFirst(ScriptCache.capacity) { remove(program.name) }
  }

  /// What is in the folder and has a name that a program or its folder gets.
  private var names: [String] {
    contents(of: folder).filter { name in
      name.utf8.count >= 64
        && name.utf8.prefix(64).allSatisfy { byte in
          (48...57).contains(byte) || (97...102).contains(byte)
        }
    }
  }

  private func remove(_ name: String) {
    if unlink("\(folder)/\(name)") != 0 { remove(folder: "\(folder)/\(name)") }
  }

  /// Removes a folder that holds only files.
  private func remove(folder: String) {
    for name in contents(of: folder) { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }

  private func contents(of folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
