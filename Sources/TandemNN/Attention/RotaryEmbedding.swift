import Glibc

/// Rotates pairs of features by angles that grow with the place, so that products of queries and
/// keys depend on their distance.
///
/// Pair `i` of `dimensions / 2` turns by `place · base^(−2i / dimensions)`. Features behind the
/// first `dimensions` stay as they are.
///
/// - Input: `[..., time, features]`. Output: the same.
/// - Reference: Su et al., *RoFormer: Enhanced Transformer with Rotary Position Embedding*,
///   arXiv:2104.09864.
public struct RotaryEmbedding: ReportingLayer {
  /// Which features make a pair.
  public enum Pairing: Sendable {
    /// Feature `i` and `i + dimensions / 2`: GPT-NeoX, Llama in Hugging Face's form.
    case halves
    /// Feature `2i` and `2i + 1`: the paper, GPT-J, Llama in Meta's form.
    case interleaved
  }

  /// How the angles of sequences longer than those of training are made.
  public enum Scaling: Sendable {
    /// As they are.
    case none
    /// All are divided by a factor: Chen et al., arXiv:2306.15595.
    case linear(factor: Double)
    /// The base grows, by `factor^(d / (d − 2))`, so that fast pairs stay as they are.
    case base(factor: Double)
    /// Slow pairs are divided by `factor`, fast ones not, those between partly: Llama 3.1.
    ///
    /// - Parameters:
    ///   - low: pairs that turn fewer times than this over `context` are slow.
    ///   - high: pairs that turn more times than this are fast.
    case llama3(factor: Double, low: Double, high: Double, context: Int)
  }

  /// How many features are rotated; all if `nil`.
  public let dimensions: Int?
  /// Which features make a pair.
  public let pairing: Pairing
  /// The ratio of the fastest angle to the slowest.
  public let base: Double
  /// How the angles of longer sequences are made.
  public let scaling: Scaling

  /// - Parameters:
  ///   - dimensions: how many features are rotated, an even number; all if `nil`.
  ///   - pairing: which features make a pair.
  ///   - base: the ratio of the fastest angle to the slowest.
  ///   - scaling: how the angles of longer sequences are made.
  public init(
    dimensions: Int? = nil, pairing: Pairing = .halves, base: Double = 10_000,
    scaling: Scaling = .none, file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["dimensions": dimensions ?? 2], of: "RotaryEmbedding", at: site)
    if let dimensions, !dimensions.isMultiple(of: 2) {
      fail("RotaryEmbedding: dimensions must be even, got \(dimensions)", at: site)
    }
    if !(base > 1) { fail("RotaryEmbedding: base must be above 1, got \(base)", at: site) }
    (self.dimensions, self.pairing, self.base) = (dimensions, pairing, base)
    self.scaling = scaling
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { rotate(x, from: 0) }

  /// The same from a place on.
  ///
  /// - Parameter offset: the place of the first step: the length of a cache.
  public func callAsFunction(
    _ x: NDArray, offset: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) { rotate(x, from: offset) }
  }

  /// The same at given places.
  ///
  /// - Parameter places: integers that broadcast to `[..., time]` of the input.
  public func callAsFunction(
    _ x: NDArray, places: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      rotate(x, places: places.cast(to: .float32))
    }
  }

  /// The angle that each pair turns by from one place to the next, fastest first.
  ///
  /// - Parameter features: how many features are rotated.
  public func frequencies(_ features: Int) -> [Double] {
    var base = base
    let count = Double(features)
    if case .base(let factor) = scaling { base *= pow(factor, count / Swift.max(count - 2, 1)) }
    return (0..<features / 2).map { scaled(pow(base, -2 * Double($0) / count)) }
  }

  private func scaled(_ frequency: Double) -> Double {
    switch scaling {
    case .none, .base: return frequency
    case .linear(let factor): return frequency / factor
    case .llama3(let factor, let low, let high, let context):
      let turns = Double(context) * frequency / (2 * .pi)
      if turns < low { return frequency / factor }
      if turns > high { return frequency }
      let part = (turns - low) / (high - low)
      return (1 - part) * frequency / factor + part * frequency
    }
  }

  private func rotate(_ x: NDArray, from offset: Int) -> NDArray {
    guard x.rank >= 2 else {
      fail("rotaryEmbedding: needs [..., time, features]: \(x.type)", at: .unknown)
    }
    let places = withDevice(x.device) {
      NDArray.arange(offset, offset + x.shape[-2]).cast(to: .float32)
    }
    return rotate(x, places: places)
  }

  /// - Parameter places: float32.
  private func rotate(_ x: NDArray, places: NDArray) -> NDArray {
    let features = dimensions ?? (x.rank == 0 ? 0 : x.shape[-1])
    guard x.rank >= 2, x.shape[-1] >= features, features.isMultiple(of: 2) else {
      fail(
        "rotaryEmbedding: needs [..., time, features] with \(features) or more features, an even "
          + "number: \(x.type)", at: .unknown)
    }
    let pace = withDevice(x.device) {
      NDArray(frequencies(features), shape: [features / 2], dtype: .float32)
    }
    let angles = places.expandingDims(at: -1) * pace  // [..., time, features / 2]
    let (cosine, sine) = (angles.cos().cast(to: x.dtype), angles.sin().cast(to: x.dtype))
    let turned = x.sliced(axis: -1, to: features)
    var parts: [NDArray]
    switch pairing {
    case .halves:
      let (a, b) = (turned.split(into: 2, axis: -1)[0], turned.split(into: 2, axis: -1)[1])
      parts = [a * cosine - b * sine, b * cosine + a * sine]
    case .interleaved:
      let a = turned.sliced(axis: -1, by: 2)
      let b = turned.sliced(axis: -1, from: 1, by: 2)
      let pairs = NDArray.stacked(
        [a * cosine - b * sine, b * cosine + a * sine], axis: a.rank)
      parts = [pairs.reshaped(turned.shape)]
    }
    if features < x.shape[-1] { parts.append(x.sliced(axis: -1, from: features)) }
    return parts.count == 1 ? parts[0] : .concatenated(parts, axis: -1)
  }
}
