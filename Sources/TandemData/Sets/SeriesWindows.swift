import TandemArray
import TandemShapes

/// Windows of a series of numbers, each with the numbers that follow.
public struct SeriesWindows: DataSet {
  /// All numbers, in order.
  public let series: [Float]
  /// Numbers in a window.
  public let length: Int
  /// How many numbers behind a window are its target.
  public let horizon: Int
  public let passes = PassCounter()

  /// - Parameters:
  ///   - length: must be positive.
  ///   - horizon: must be positive.
  public init(
    _ series: [Float], length: Int, horizon: Int = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    guard length > 0, horizon > 0 else {
      fail("series: no windows of \(length) before \(horizon)", at: CallSite(file, line))
    }
    (self.series, self.length, self.horizon) = (series, length, horizon)
  }

  public var count: Int { max(0, series.count - length - horizon + 1) }

  /// float32 `[length]` and, right behind it, `[horizon]`.
  public func item(_ index: Int, key: RandomKey) throws -> Sample {
    guard (0..<count).contains(index) else {
      throw DataSetError(.missing, "series: no item \(index) of \(count)")
    }
    let end = index + length
    return Sample(
      NDArray(Array(series[index..<end]), shape: [length]),
      NDArray(Array(series[end..<end + horizon]), shape: [horizon]))
  }
}
