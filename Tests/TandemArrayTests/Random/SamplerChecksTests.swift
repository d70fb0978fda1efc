import Foundation
import TandemArray
import Testing

/// What the tests of samplers check, written down for the table of NumPy's names, whose test is
/// another target's: `Tests/Fixtures/sampler_checks.txt` says what the lists here say.
@Suite struct SamplerChecksTests {
  /// One line for each kind of check: its name, a colon, samplers.
  private static let text: String = {
    let distributions = SamplerFixture.all.map(\.name) + CategoryTests.draws.map(\.name)
    let gradients =
      SampleGradientTests.samplers.map(\.name) + SampleGradientTests.implicit.map(\.name)
      + ["multivariateNormal"]
    let lists = [
      ("distribution", distributions), ("gradient", gradients),
      ("none", SampleGradientTests.flat.map(\.name)),
    ]
    return lists.map { "\($0): \(Set($1).sorted().joined(separator: " "))\n" }.joined()
  }()

  /// `TANDEM_WRITE_TABLES=1` writes the file.
  @Test func fileSaysWhatIsChecked() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/sampler_checks.txt")
    if ProcessInfo.processInfo.environment["TANDEM_WRITE_TABLES"] == "1" {
      try Self.text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == Self.text)
  }
}
