import Foundation

/// The files of the package, without what was built.
enum Tree {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Paths relative to the root, sorted.
  static let paths: [String] = {
    let skipped: Set<String> = [".git", ".build", "node_modules", "__pycache__", ".venv"]
    var found: [String] = []
    func walk(_ folder: String) {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: url(folder).path)) ?? []
      for name in names where !skipped.contains(name) && !name.hasPrefix(".build") {
        let path = folder.isEmpty ? name : folder + "/" + name
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: url(path).path, isDirectory: &isFolder)
        if isFolder.boolValue { walk(path) } else { found.append(path) }
      }
    }
    walk("")
    return found.sorted()
  }()

  /// All Swift and C files.
  static let sources: [SourceText] = paths.filter(isSource).compactMap { path in
    text(path).map { SourceText(path: path, text: $0) }
  }

  static let manifest = Manifest(text: text("Package.swift") ?? "")

  static func text(_ path: String) -> String? {
    try? String(contentsOf: url(path), encoding: .utf8)
  }

  static func isSource(_ path: String) -> Bool {
    [".swift", ".c", ".h"].contains { path.hasSuffix($0) } && !path.hasPrefix("Tests/Fixtures/")
  }

  private static func url(_ path: String) -> URL {
    path.isEmpty ? root : root.appendingPathComponent(path)
  }
}
