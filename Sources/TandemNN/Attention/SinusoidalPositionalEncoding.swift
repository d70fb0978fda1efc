import Glibc

/// Adds sines and cosines of the place to each vector: pair `i` of features gets
/// `sin(place · base^(−2i / features))` and the cosine of the same.
///
/// - Input: `[..., time, features]`. Output: the same.
/// - Reference: Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762, section 3.5.
public struct SinusoidalPositionalEncoding: ReportingLayer {
  /// Whether sine and cosine of one angle are neighbours, as in the paper; else all sines come
  /// first.
  public let isInterleaved: Bool
  /// The ratio of the fastest angle to the slowest.
  public let base: Double

  /// - Parameters:
  ///   - isInterleaved: whether sine and cosine of one angle are neighbours.
  ///   - base: the ratio of the fastest angle to the slowest.
  public init(isInterleaved: Bool = true, base: Double = 10_000) {
    (self.isInterleaved, self.base) = (isInterleaved, base)
  }

  /// The vectors of places from `offset` on, `[time, features]`.
  public func table(
    time: Int, features: Int, offset: Int = 0, dtype: DType = .float32,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard features.isMultiple(of: 2) else {
      fail(
        "sinusoidalPositionalEncoding: features must be even: \(features)", at: CallSite(file, line)
      )
    }
    var values: [Double] = []
    values.reserveCapacity(time * features)
    for place in offset..<offset + time {
      let angles = (0..<features / 2).map {
        Double(place) * pow(base, -2 * Double($0) / Double(features))
      }
      values +=
        isInterleaved
        ? angles.flatMap { [sin($0), cos($0)] } : angles.map { sin($0) } + angles.map { cos($0) }
    }
    return NDArray(values, shape: [time, features], dtype: dtype)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { added(x, 0) }

  /// The same from a place on.
  public func callAsFunction(
    _ x: NDArray, offset: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) { added(x, offset) }
  }

  private func added(_ x: NDArray, _ offset: Int) -> NDArray {
    guard x.rank >= 2 else {
      fail("sinusoidalPositionalEncoding: needs [..., time, features]: \(x.type)", at: .unknown)
    }
    return x
      + withDevice(x.device) {
        table(time: x.shape[-2], features: x.shape[-1], offset: offset, dtype: x.dtype)
      }
  }
}
