import Glibc

/// Where the library lies that scripts use: beside this program, in the folder of a build or where
/// `make install` puts it.
struct ScriptLibrary {
  /// The folder of `libTandem.so`.
  let folder: String
  /// The folder of the Swift modules.
  let modules: String
  /// The map of the C module.
  let moduleMap: String

  var path: String { folder + "/libTandem.so" }

  /// The library that belongs to this program.
  ///
  /// - Throws: `ScriptError` if it is not there.
  static func besideThisProgram() throws(ScriptError) -> ScriptLibrary {
    guard let program = resolved("/proc/self/exe") else {
      throw ScriptError("cannot tell where this program is: /proc is not mounted")
    }
    let own = parent(program)
    let installed = parent(own) + "/lib/tandem"
    let map = "CTandem/include/module.modulemap"
    let built = parent(parent(parent(own))) + "/Sources/" + map
    let candidates = [
      ScriptLibrary(folder: own, modules: own + "/Modules", moduleMap: built),
      ScriptLibrary(
        folder: installed, modules: installed + "/modules", moduleMap: installed + "/" + map),
    ]
    for library in candidates where library.isComplete { return library }
    throw ScriptError(
      "no libTandem.so with its modules in \(own) or \(installed): "
        + "swift build -c release --product Tandem")
  }

  private var isComplete: Bool {
    let files: [String] = [path, modules + "/Tandem.swiftmodule", moduleMap]
    return files.allSatisfy { access($0, R_OK) == 0 }
  }

  /// A path without links.
  static func resolved(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func parent(_ path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
  }
}
