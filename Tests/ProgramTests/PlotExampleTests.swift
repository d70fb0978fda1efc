import Foundation
import Testing

/// The example `Plots`, run from outside in release: all that the page of TandemPlot shows.
struct PlotExampleTests {
  @Test("Plots prints text, ASCII for old terminals, and writes the same files every time")
  func plots() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tandem-plots-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var files: [[Data]] = []
    for locale in ["C.UTF-8", "C"] {
      let outcome = try Program("Plots").run(
        [folder.path], environment: ["LC_ALL": locale, "COLUMNS": "72"])
      try #require(outcome.status == 0, "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      #expect(lines[0].hasSuffix("sine"))
      #expect(lines.allSatisfy { $0.count <= 72 })
      #expect(lines.joined().allSatisfy(\.isASCII) == (locale == "C"))
      let bytes = try #require(lines.last?.split(separator: " ").compactMap { Int($0) }.first)
      #expect(bytes < 100_000)
      let names = ["page", "pictures", "classes"].flatMap { ["\($0).svg", "\($0).png"] }
      files.append(try names.map { try Data(contentsOf: folder.appendingPathComponent($0)) })
    }
    #expect(files[0] == files[1])
    #expect(files[0].allSatisfy { $0.count > 1000 && $0.count < 1_000_000 })
  }
}
