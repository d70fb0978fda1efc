// Orders and choices.

extension RandomArrays {
  /// The integers from zero up to, without, `count` in random order, int64;
  /// `numpy.random.permutation`.
  public func permutation(
    _ count: Int, seed: UInt64? = nil, key: RandomKey? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let shape = NDArray.createdShape("random", [count], at: site)
    let given = key ?? seed.map { RandomKey(seed: $0) }
    var draw = RandomDraw("random", [], shape, .int64, given, at: site)
    return draw.fill(.permutation, .int64)
  }

  /// The slices of an array along an axis in random order; `numpy.random.permutation` of an array,
  /// `numpy.random.shuffle` with a result.
  public func shuffled(
    _ array: NDArray, axis: Int = 0, key: RandomKey? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    guard let index = array.shape.normalized(axis: axis) else {
      fail("shuffled: no axis \(axis): \(array.type)", at: CallSite(file, line))
    }
    let order = permutation(array.shape[index], key: key, file: file, line: line)
    return array.take(order, axis: index, file: file, line: line)
  }

  /// Numbers of `0..<count`, int64; `numpy.random.choice`.
  ///
  /// - Parameters:
  ///   - replacing: whether a number may come twice.
  ///   - weights: `[count]`, how likely each number is, divided by their sum; alike if `nil`. Must
  ///     not be negative, and without replacing as many must be above zero as are chosen: this is
  ///     not checked.
  public func choice(
    _ count: Int, _ shape: Shape = [], replacing: Bool = true, weights: NDArray? = nil,
    key: RandomKey? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    if let complaint = complaint(count, shape, replacing, weights) {
      fail("choice: \(complaint)", at: site)
    }
    guard let weights else {
      if replacing { return integers(in: 0..<Swift.max(count, 1), shape, key: key) }
      let order = permutation(count, key: key, file: file, line: line)
      return order[0..<shape.elementCount].reshaped(shape)
    }
    let wide = weights.cast(to: .float64).detached()
    if replacing {
      var draw = RandomDraw("choice", [], shape, .float64, key, at: site)
      let sums = wide.cumulativeSum(axis: 0)
      let places = draw.fill(.uniform(low: 0, high: 1)) * sums[count - 1]
      return sums.searchSorted(places, right: true).minimum(NDArray(count - 1))
    }
    var draw = RandomDraw("choice", [], [count], .float64, key, at: site)
    let heights = wide.log() + draw.fill(.gumbel(location: 0, scale: 1))
    return heights.topK(shape.elementCount, axis: 0).indices.reshaped(shape)
  }

  /// Slices of an array along an axis; `numpy.random.choice` of an array.
  ///
  /// - Parameters:
  ///   - replacing: whether a slice may come twice.
  ///   - weights: how likely each slice is; see ``choice(_:_:replacing:weights:key:file:line:)``.
  public func choice(
    _ array: NDArray, _ shape: Shape = [], axis: Int = 0, replacing: Bool = true,
    weights: NDArray? = nil, key: RandomKey? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    guard let index = array.shape.normalized(axis: axis) else {
      fail("choice: no axis \(axis): \(array.type)", at: CallSite(file, line))
    }
    let numbers = choice(
      array.shape[index], shape, replacing: replacing, weights: weights, key: key, file: file,
      line: line)
    return array.take(numbers, axis: index, file: file, line: line)
  }

  private func complaint(
    _ count: Int, _ shape: Shape, _ replacing: Bool, _ weights: NDArray?
  ) -> String? {
    let wanted = shape.elementCount
    if count < 0 { return "a negative count: \(count)" }
    if count == 0 && wanted > 0 { return "nothing to choose from for the shape \(shape)" }
    if !replacing && wanted > count {
      return "there are no \(wanted) different ones of \(count): shape \(shape)"
    }
    if let weights, weights.shape != [count] {
      return "\(count) weights are needed: \(weights.type)"
    }
    return nil
  }
}

extension NDArray {
  /// Puts the slices along an axis into random order; `numpy.random.shuffle`.
  public mutating func shuffle(
    axis: Int = 0, key: RandomKey? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    self = NDArray.random.shuffled(self, axis: axis, key: key, file: file, line: line)
  }
}
