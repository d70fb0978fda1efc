// Attention of each place to those near it, as MXNet has it: scores, masks and sums by distance.
// Arrays are `[batch, time, heads, features]`; a head sees every `dilation`-th place.

extension NDArray {
  /// Products of queries with the keys of near places; `mxnet.npx.sldwin_atten_score`.
  ///
  /// - Parameters:
  ///   - keys: `[batch, time, heads, features]`, as the array itself.
  ///   - reach: how many places are seen on a side.
  ///   - dilations: of the heads, the distance of places that are seen.
  ///   - isSymmetric: whether places behind are seen, too.
  /// - Returns: `[batch, time, heads, 2 · reach + 1]`, or `reach + 1` if places behind are not
  ///   seen; zero where there is no place.
  public func windowAttentionScores(
    keys: NDArray, reach: Int, dilations: [Int], isSymmetric: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let window = Window(
      "windowAttentionScores", self, reach, dilations, isSymmetric, CallSite(file, line))
    if shape != keys.shape {
      fail(
        "windowAttentionScores: keys have another shape: \(TensorTypes([type, keys.type]))",
        at: window.site)
    }
    let parts = dilations.indices.map { head -> NDArray in
      let near = window.near(keys.sliced(axis: 2, from: head, to: head + 1).squeezed(axis: 2), head)
      let asked = sliced(axis: 2, from: head, to: head + 1)  // [batch, time, 1, features]
      return (asked * near).sum(axis: -1)  // [batch, time, places]
    }
    return .stacked(parts, axis: 2)
  }

  /// One where a score belongs to a place, else zero, in the type of the scores;
  /// `mxnet.npx.sldwin_atten_mask_like`.
  ///
  /// - Parameter lengths: of the sequences, `[batch]`; places behind an end count for none.
  public func windowAttentionMask(
    lengths: NDArray, reach: Int, dilations: [Int], isSymmetric: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let window = Window(
      "windowAttentionMask", self, reach, dilations, isSymmetric, CallSite(file, line))
    let ends = lengths.cast(to: .int64).reshaped([shape[0], 1, 1])
    let rows = withOwnDevice { NDArray.arange(shape[1]) }.reshaped([1, shape[1], 1])
    let parts = dilations.indices.map { head -> NDArray in
      let places = window.places(head).expandingDims(at: 0)  // [1, time, places]
      return ((places .>= 0) .& (places .< ends)) .& (rows .< ends)
    }
    return NDArray.stacked(parts, axis: 2).cast(to: dtype)
  }

  /// Values of near places, each weighed; `mxnet.npx.sldwin_atten_context`.
  ///
  /// The array is what ``windowAttentionScores(keys:reach:dilations:isSymmetric:file:line:)``
  /// gives, after a softmax.
  ///
  /// - Parameter values: `[batch, time, heads, features]`.
  /// - Returns: `[batch, time, heads, features]`.
  public func windowAttentionContext(
    values: NDArray, reach: Int, dilations: [Int], isSymmetric: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let window = Window(
      "windowAttentionContext", values, reach, dilations, isSymmetric, CallSite(file, line))
    let parts = dilations.indices.map { head -> NDArray in
      let near = window.near(
        values.sliced(axis: 2, from: head, to: head + 1).squeezed(axis: 2), head)
      let weights = sliced(axis: 2, from: head, to: head + 1).squeezed(axis: 2)
      return (weights.expandingDims(at: 3) * near).sum(axis: 2)  // [batch, time, features]
    }
    return .stacked(parts, axis: 2)
  }

  /// Which places each place sees.
  private struct Window {
    let offsets: [Int]
    let dilations: [Int]
    let time: Int
    let device: Device
    let site: CallSite

    init(
      _ name: String, _ x: NDArray, _ reach: Int, _ dilations: [Int], _ isSymmetric: Bool,
      _ site: CallSite
    ) {
      guard x.rank == 4, x.shape[2] == dilations.count, reach >= 0,
        dilations.allSatisfy({ $0 > 0 })
      else {
        fail(
          "\(name): needs [batch, time, heads, features], a reach and a positive dilation for each "
            + "head: \(x.type), \(reach), \(dilations)", at: site)
      }
      offsets = Array(-reach...(isSymmetric ? reach : 0))
      (self.dilations, time, device, self.site) = (dilations, x.shape[1], x.device, site)
    }

    /// `[time, places]`; some lie outside of the sequence.
    func places(_ head: Int) -> NDArray {
      let values = (0..<time).flatMap { row in
        offsets.map { Int64(row + $0 * dilations[head]) }
      }
      return withDevice(device) { NDArray(values, shape: [time, offsets.count]) }
    }

    /// What is at the places of one head, `[batch, time, places, features]`; zeros outside.
    func near(_ x: NDArray, _ head: Int) -> NDArray {
      let places = places(head)
      let isInside = ((places .>= 0) .& (places .< time)).expandingDims(at: 2)
      return .where(isInside, x.take(places.clip(min: 0, max: time - 1), axis: 1), 0)
    }
  }
}
