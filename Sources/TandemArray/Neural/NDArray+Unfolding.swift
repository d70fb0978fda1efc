// What windows see, as columns, and back: `im2col` and `col2im`.

extension NDArray {
  /// What the windows of a convolution see, a column for each: `[n, c, spatial...]` to
  /// `[n, c · count(window), positions]`; `torch.nn.functional.unfold`, MXNet's `im2col`, with one
  /// to three axes.
  ///
  /// - Parameters:
  ///   - window: how many positions a window looks at, one number for each spatial axis.
  ///   - stride, padding, dilation: one number for each spatial axis, or one for all.
  public func unfolded(
    window: [Int], stride: [Int] = [1], padding: [Int] = [0], dilation: [Int] = [1],
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let taps = WindowTaps(
      "unfolded", shape.array.dropFirst(2), window, stride, padding, dilation, "\(type)", site)
    let widths = [(0, 0), (0, 0)] + taps.padding.map { ($0, $0) }
    let padded = padding.allSatisfy { $0 == 0 } ? self : padded(widths, file: file, line: line)
    let parts = taps.starts.map { start in
      padded.sliced(
        starts: [0, 0] + start, counts: shape.array[..<2] + taps.counts,
        steps: [1, 1] + taps.stride,
        file: file, line: line)
    }
    return NDArray.stacked(parts, axis: 2, file: file, line: line)
      .reshaped([shape[0], shape[1] * parts.count, taps.positions], file: file, line: line)
  }

  /// Columns added up where the windows of a convolution saw them, the transpose of
  /// ``unfolded(window:stride:padding:dilation:file:line:)``; `torch.nn.functional.fold`, MXNet's
  /// `col2im`.
  ///
  /// - Parameters:
  ///   - lengths: of the spatial axes of the result.
  ///   - window: how many positions a window looks at, one number for each spatial axis.
  ///   - stride, padding, dilation: one number for each spatial axis, or one for all.
  public func folded(
    to lengths: [Int], window: [Int], stride: [Int] = [1], padding: [Int] = [0],
    dilation: [Int] = [1], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let taps = WindowTaps(
      "folded", lengths[...], window, stride, padding, dilation, "\(type)", site)
    guard rank == 3, shape[1] % taps.starts.count == 0, shape[2] == taps.positions else {
      fail(
        "folded: needs [n, channels · \(taps.starts.count), \(taps.positions)]: \(type)", at: site)
    }
    let channels = shape[1] / taps.starts.count
    let parts = reshaped(Shape([shape[0], channels, taps.starts.count] + taps.counts))
    let whole = zip(lengths, taps.padding).map { $0 + 2 * $1 }
    var sum: NDArray?
    for (index, start) in taps.starts.enumerated() {
      let part = parts.sliced(axis: 2, from: index, to: index + 1, file: file, line: line)
        .squeezed(axis: 2)
      let place = Slice(
        starts: [0, 0] + start, steps: [1, 1] + taps.stride,
        counts: [shape[0], channels] + taps.counts)
      let pad = Pad(
        to: Shape([shape[0], channels] + whole), at: place, with: ScalarValue(0, dtype))
      let spread = NDArray.apply(pad, part, at: site)
      sum = sum.map { $0 + spread } ?? spread
    }
    let result = sum ?? self
    if taps.padding.allSatisfy({ $0 == 0 }) { return result }
    return result.sliced(
      starts: [0, 0] + taps.padding, counts: [shape[0], channels] + lengths, file: file, line: line)
  }
}

/// Where the elements of a window lie in the padded input, in row-major order.
private struct WindowTaps {
  let stride: [Int]
  let padding: [Int]
  /// How many windows there are along each axis.
  let counts: [Int]
  /// What the first window sees.
  let starts: [[Int]]

  var positions: Int { counts.reduce(1, *) }

  init(
    _ name: String, _ lengths: ArraySlice<Int>, _ window: [Int], _ stride: [Int], _ padding: [Int],
    _ dilation: [Int], _ type: String, _ site: CallSite
  ) {
    let axes = lengths.count
    for (what, list, least) in [
      ("window", window, 1), ("stride", stride, 1), ("padding", padding, 0),
      ("dilation", dilation, 1),
    ] where ![1, axes].contains(list.count) || list.contains(where: { $0 < least }) {
      fail("\(name): \(what) \(list) does not fit \(axes) spatial axes: \(type)", at: site)
    }
    func all(_ list: [Int]) -> [Int] {
      list.count == axes ? list : Array(repeating: list[0], count: axes)
    }
    let (window, dilation) = (all(window), all(dilation))
    (self.stride, self.padding) = (all(stride), all(padding))
    var counts: [Int] = []
    for (axis, length) in lengths.enumerated() {
      let reach = dilation[axis] * (window[axis] - 1) + 1
      let room = length + 2 * self.padding[axis] - reach
      guard room >= 0 else {
        fail("\(name): the window reaches over \(reach) of axis \(axis + 2): \(type)", at: site)
      }
      counts.append(room / self.stride[axis] + 1)
    }
    self.counts = counts
    starts = window.indices.reduce([[]]) { heads, axis in
      heads.flatMap { head in (0..<window[axis]).map { head + [$0 * dilation[axis]] } }
    }
  }
}
