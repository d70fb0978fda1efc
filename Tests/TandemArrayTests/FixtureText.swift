import Foundation
import Testing

/// A fixture file that the Python script of the same name wrote.
enum FixtureText {
  /// The text of `Tests/Fixtures/<name>.txt`.
  static func read(_ name: String) throws -> String {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: folder.appending(path: "Fixtures/\(name).txt"), encoding: .utf8)
  }
}

extension ExitTest.Result {
  /// What the process wrote to standard error.
  var errorText: String { String(decoding: standardErrorContent, as: UTF8.self) }
}
