// The rules that are more than one draw.

extension Initializer {
  /// Numbers of variance `scale / fan`.
  func scaled(
    _ scale: Double, _ fan: Fan, _ distribution: Distribution, _ shape: Shape, _ dtype: DType,
    _ key: RandomKey
  ) -> NDArray {
    let (fanIn, fanOut) = Initializer.fans(shape)
    let count =
      switch fan {
      case .input: Double(max(fanIn, 1))
      case .output: Double(max(fanOut, 1))
      case .mean: Double(max(fanIn + fanOut, 1)) / 2
      }
    switch distribution {
    case .normal:
      return .random.normal(
        shape, standardDeviation: (scale / count).squareRoot(), key: key, dtype: dtype)
    case .uniform:
      let limit = (3 * scale / count).squareRoot()
      return .random.uniform(shape, from: -limit, to: limit, key: key, dtype: dtype)
    case .truncatedNormal:
      // What is cut off at two deviations takes a part of the variance.
      let deviation = (scale / count).squareRoot() / 0.87962566103423978
      return .random.truncatedNormal(
        shape, ends: (-2 * deviation, 2 * deviation), standardDeviation: deviation, key: key,
        dtype: dtype)
    }
  }

  /// The orthogonal factor of a random matrix, with the signs that make it uniformly distributed.
  static func orthogonal(
    _ gain: Double, _ shape: Shape, _ dtype: DType, _ key: RandomKey
  ) -> NDArray {
    guard shape.rank >= 2, shape.elementCount > 0 else {
      fail("initializer: orthogonal needs two or more axes with elements: \(shape)", at: .unknown)
    }
    let rows = shape[0]
    let columns = shape.elementCount / rows
    let isWide = rows < columns
    let random = NDArray.random.normal(
      [max(rows, columns), min(rows, columns)], key: key, dtype: .float64)
    let (q, r) = Linalg.qr(random)
    let signs = NDArray.where(r.diagonal() .< 0, -1, NDArray(1, dtype: .float64))
    let whole = q * signs * gain
    return (isWide ? whole.matrixTransposed() : whole).reshaped(shape).cast(to: dtype)
  }

  /// Ones on the diagonal of the first two axes, at the middle of the others.
  static func identity(_ gain: Double, _ shape: Shape, _ dtype: DType) -> NDArray {
    guard shape.rank >= 2 else {
      fail("initializer: identity needs two or more axes: \(shape)", at: .unknown)
    }
    var numbers = [Double](repeating: 0, count: shape.elementCount)
    let kernel = shape.array.dropFirst(2)
    let middle = kernel.reduce(0) { $0 * $1 + $1 / 2 }
    let size = kernel.reduce(1, *)
    if size > 0 {
      for index in 0..<min(shape[0], shape[1]) {
        numbers[(index * shape[1] + index) * size + middle] = gain
      }
    }
    return NDArray(numbers, shape: shape).cast(to: dtype)
  }

  /// Normal numbers of which in each column only some are kept: those with the largest of further
  /// random numbers.
  static func sparse(
    _ part: Double, _ deviation: Double, _ shape: Shape, _ dtype: DType, _ key: RandomKey
  ) -> NDArray {
    guard shape.rank == 2, (0...1).contains(part) else {
      fail(
        "initializer: sparse needs a matrix and a part in 0...1: \(shape), \(part)", at: .unknown)
    }
    let kept = Int((part * Double(shape[0])).rounded())
    var further = key
    further.tick ^= 1 << 63
    let order = NDArray.random.uniform(shape, key: further).argSort(axis: 0).argSort(axis: 0)
    let values = NDArray.random.normal(
      shape, standardDeviation: deviation, key: key, dtype: dtype)
    return NDArray.where(order .< kept, values, 0)
  }

  /// The same pyramid for each pair of the first axes: MXNet's `Bilinear`.
  static func bilinear(_ shape: Shape, _ dtype: DType) -> NDArray {
    guard shape.rank >= 2 else {
      fail("initializer: bilinear needs two or more axes: \(shape)", at: .unknown)
    }
    let (height, width) = (shape[-2], shape[-1])
    func weight(_ place: Int, _ length: Int) -> Double {
      let half = Double((length + 1) / 2)
      let centre = (2 * half - 1 - (half.truncatingRemainder(dividingBy: 1))) / (2 * half)
      return 1 - abs(Double(place) / half - centre)
    }
    let numbers = (0..<shape.elementCount).map { index in
      weight(index % width, width) * weight(index / width % height, height)
    }
    return NDArray(numbers, shape: shape).cast(to: dtype)
  }
}

/// Sets how parameters of a model get their first values, by their paths; the first pattern that
/// matches counts, and those that match none keep theirs. MXNet's `Mixed`.
///
///     setInitializers(of: model, ["*.bias": .zeros, "*": .orthogonal(gain: 1)])
///
/// - Returns: how many parameters were given another rule; none of them may have a value yet.
@discardableResult
public func setInitializers(
  of model: some Any, _ rules: KeyValuePairs<PathPattern, Initializer>,
  file: StaticString = #fileID, line: UInt = #line
) -> Int {
  var count = 0
  for (path, parameter) in bindParameters(of: model) {
    guard let rule = rules.first(where: { $0.key.matches(path) })?.value else { continue }
    parameter.setInitializer(rule, at: CallSite(file, line))
    count += 1
  }
  return count
}
