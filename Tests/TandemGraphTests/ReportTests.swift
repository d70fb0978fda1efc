import TandemGraph
import Testing

/// The table that a report prints.
@Suite struct ReportTests {
  /// What a report says, line by line.
  @Test func reportsAreTables() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([64, 100]))
    let compilation = try GraphCompiler().compile(
      builder.graph(outputs: [(x * 2).tanh().matmul(x.matrixTransposed()) + 1]),
      inputs: [Layout([64, 100])], donations: [nil])
    let lines = compilation.report.description.split(separator: "\n").map(String.init)
    #expect(lines[0] == "pass                          nodes  changes        ms")
    let passes = standardPipeline.filter(\.keepsBits).map(\.name) + ["plan memory", "all"]
    for (line, name) in zip(lines.dropFirst(), passes) {
      #expect(line.hasPrefix(name) && line.count == 54, "\(line)")
    }
    let rest = lines.dropFirst(1 + passes.count)
    #expect(Array(rest.prefix(2)) == ["nodes    8 -> 7", "kernels  4 -> 3"])
    // What a product packs depends on the instruction set.
    #expect(
      rest.dropFirst(2).first?.wholeMatch(
        of: #/bytes    \d+ \(arena 25600, results 16384, temporary \d+\)/#) != nil,
      "\(compilation.report)")
    let tiers = rest.dropFirst(3).map { $0.drop { $0 == " " }.prefix { $0 != ":" } }
    #expect(tiers == ["multiply+tanh", "add"], "\(compilation.report)")
  }
}
