import TandemShapes

/// How far, and by how many threads, batches are read ahead. No number here changes a batch.
public struct LoadingOptions: Hashable, Sendable {
  /// How many threads read: each makes one batch at a time. Zero: the loop's own thread does, when
  /// a batch is asked for.
  public var loaders: Int
  /// How many batches may be ready or in the making.
  public var batches: Int
  /// How many bytes they may take; one batch is always allowed. A batch in the making counts as
  /// much as the largest one so far.
  public var bytes: Int

  /// - Parameters:
  ///   - loaders: from zero to 64.
  ///   - batches: at least one.
  ///   - bytes: at least one.
  public init(
    loaders: Int = 2, batches: Int = 4, bytes: Int = 256 << 20, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    guard (0...64).contains(loaders), batches > 0, bytes > 0 else {
      fail(
        "loading options: no loading with \(loaders) loaders, \(batches) batches, \(bytes) bytes",
        at: CallSite(file, line))
    }
    (self.loaders, self.batches, self.bytes) = (loaders, batches, bytes)
  }
}
