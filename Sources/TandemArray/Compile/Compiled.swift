/// A closure of arrays that runs as one compiled program; made by ``compile(_:file:line:_:)``.
///
/// Called like the closure. Copies share the programs; any number of threads may call.
public struct Compiled<Output, each Input: ArrayTree>: Sendable {
  let region: Region
  private let body: @Sendable (repeat each Input) -> Output
  /// The closure on what a reader hands out.
  private let leafBody: @Sendable (inout ArrayLeafReader) -> ArrayLeaves
  private let unflatten: @Sendable (inout ArrayLeafReader) -> Output

  init(
    _ region: Region, body: @escaping @Sendable (repeat each Input) -> Output,
    flatten: @escaping @Sendable (Output, inout ArrayLeaves) -> Void,
    unflatten: @escaping @Sendable (inout ArrayLeafReader) -> Output
  ) {
    (self.region, self.body, self.unflatten) = (region, body, unflatten)
    leafBody = { reader in
      func next<Tree: ArrayTree>(_ type: Tree.Type) -> Tree { .take(from: &reader) }
      var leaves = ArrayLeaves()
      flatten(body(repeat next((each Input).self)), &leaves)
      return leaves
    }
  }

  /// Calls the program for these inputs, which is made at the first call with their types. Returns
  /// at once; reading a result waits.
  ///
  /// Inside of another region the closure is traced into that one; inside `record` and
  /// `gradient(of:)` it is an operator with a gradient.
  public func callAsFunction(
    _ input: repeat each Input, file: StaticString = #fileID, line: UInt = #line
  ) -> Output {
    if Scope.current?.trace != nil { return body(repeat each input) }
    let frame = region.takeFrame()
    repeat (each input).append(to: &frame.arguments)
    region.call(frame, at: CallSite(file, line), leafBody)
    var reader = ArrayLeafReader([], structure: frame.structure)
    reader.swapArrays(&frame.results)
    let output = unflatten(&reader)
    reader.swapArrays(&frame.results)
    region.giveBack(frame)
    return output
  }

  /// How often the region was called and traced, and why.
  public var statistics: RegionStatistics { region.statistics }

  /// What compiling the program that has run last did; stops with a message before the first call.
  public var report: RegionReport {
    guard let entry = region.lastEntry else {
      fail("compile: there is no report before the first call", at: region.site)
    }
    return RegionReport(
      compilation: entry.program.report, graph: entry.program.trace.graph,
      measuredBytes: entry.program.runtime.measuredBytes)
  }
}
