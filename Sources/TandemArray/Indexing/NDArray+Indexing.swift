// Reading and assigning parts of arrays, as NumPy does it, with one difference: bounds of ranges
// that lie outside of an axis are errors, not clipped.

extension NDArray {
  /// A part of the array: integers and ranges (negative ones count from the end), strides, new
  /// axes, an ellipsis, integer arrays and masks, in any mixture; see ``AxisIndex``.
  ///
  /// Without arrays the result is a view, which costs nothing. A mask waits for its values, as the
  /// result's shape depends on them. Assigning changes this array alone: in place if nobody shares
  /// it.
  public subscript(
    indices: any AxisIndex..., file file: StaticString = #fileID, line line: UInt = #line
  ) -> NDArray {
    get { element(indices, CallSite(file, line)) }
    set { assign(newValue, to: indices, CallSite(file, line)) }
  }

  /// The same with a leading `...`: `x[..., 0]`.
  public subscript(
    _: UnboundedRange, indices: any AxisIndex..., file file: StaticString = #fileID,
    line line: UInt = #line
  ) -> NDArray {
    get { element([Axis(kind: .ellipsis)] + indices, CallSite(file, line)) }
    set { assign(newValue, to: [Axis(kind: .ellipsis)] + indices, CallSite(file, line)) }
  }

  private func resolve(_ indices: [any AxisIndex], _ site: CallSite) -> ResolvedIndex {
    do throws(ShapeError) {
      return try ResolvedIndex(indices, for: type)
    } catch {
      fail(error.message, at: site)
    }
  }

  private func element(_ indices: [any AxisIndex], _ site: CallSite) -> NDArray {
    let index = resolve(indices, site)
    let view: NDArray = .apply(BasicIndex(index.plan), self, at: site)
    if index.arrays.isEmpty { return view }
    return view.gathered(index, site)
  }

  /// The elements that arrays select from this view.
  private func gathered(_ index: ResolvedIndex, _ site: CallSite) -> NDArray {
    let axes = index.arrays.map(\.axis)
    if axes.count == 1, index.position == axes[0] {
      return .apply(Take(axis: axes[0]), self, index.arrays[0].indices.asIndices(), at: site)
    }
    let rest = (0..<rank).filter { !axes.contains($0) }
    let front: NDArray = .apply(Transpose(order: axes + rest), self, at: site)
    let result = NDArray.apply(
      Gather(count: axes.count), inputs: [front] + index.arrays.map { $0.indices.asIndices() },
      at: site)[0]
    // The arrays' axes come first; they go behind `position` of the others.
    let arrayRank = result.rank - rest.count
    var order: [Int] = (0..<index.position).map { arrayRank + $0 }
    order += 0..<arrayRank
    order += (index.position..<rest.count).map { arrayRank + $0 }
    return .apply(Transpose(order: order), result, at: site)
  }

  private mutating func assign(
    _ value: NDArray, to indices: [any AxisIndex], _ site: CallSite
  ) {
    let value = value.dtype == dtype ? value : value.cast(to: dtype)
    if assignMasked(value, indices, site) { return }
    let index = resolve(indices, site)
    if index.arrays.isEmpty {
      assign(value, index.plan, site)
    } else {
      scatter(value, index, site)
    }
  }

  /// `x[mask] = number` without looking at the mask's values.
  private mutating func assignMasked(
    _ value: NDArray, _ indices: [any AxisIndex], _ site: CallSite
  ) -> Bool {
    guard indices.count == 1, case .array(let mask) = indices[0].axisIndex.kind,
      mask.dtype == .bool, mask.shape == shape, value.rank == 0
    else { return false }
    self = NDArray.apply(Select(), inputs: [mask, value, self], at: site)[0]
    return true
  }

  private mutating func assign(_ value: NDArray, _ plan: IndexPlan, _ site: CallSite) {
    let assign = AssignIndex(plan)
    guard value.handle.links.isEmpty, canUpdateInPlace(besides: value) else {
      self = .apply(assign, self, value, at: site)
      return
    }
    do throws(ShapeError) {
      try NDArray.launch(AssignIndexInPlace(assign), [self, value], into: [self], at: site)
    } catch {
      fail(error.message, at: site)
    }
  }

  /// Assignment through integer arrays: a new array, as the same place may be written twice.
  private mutating func scatter(_ value: NDArray, _ index: ResolvedIndex, _ site: CallSite) {
    let view: NDArray = .apply(BasicIndex(index.plan), self, at: site)
    let axes = index.arrays.map(\.axis)
    let rest = (0..<view.rank).filter { !axes.contains($0) }
    let order = axes + rest
    let front: NDArray = .apply(Transpose(order: order), view, at: site)
    let arrays = index.arrays.map { $0.indices.asIndices() }
    let target = view.gathered(index, site).shape
    guard let fits = try? TandemShapes.broadcast(target, value.shape), fits == target else {
      fail("index: the value does not fit \(target): \(value.type)", at: site)
    }
    let arrayRank = target.rank - rest.count
    var toFront: [Int] = Array(index.position..<index.position + arrayRank)
    toFront += 0..<index.position
    toFront += index.position + arrayRank..<target.rank
    let updates: NDArray = .apply(
      Transpose(order: toFront), value.broadcast(to: target), at: site)
    let scattered = NDArray.apply(
      Scatter(.leading(count: arrays.count), .set), inputs: [front, updates] + arrays, at: site)[0]
    var inverse = order
    for (to, from) in order.enumerated() { inverse[from] = to }
    let back: NDArray = .apply(Transpose(order: inverse), scattered, at: site)
    assign(back, index.plan, site)
  }

  /// The positions of the elements that are not zero, one int64 array for each axis, in row-major
  /// order (`numpy.nonzero`). Waits, as the number of them depends on the values.
  public func nonZero(file: StaticString = #fileID, line: UInt = #line) -> [NDArray] {
    let site = CallSite(file, line)
    let flags = self.dtype == .bool ? self : self .!= 0
    let values = flags.detached().contiguousBytes(site)
    let positions = values.indices.filter { values[$0] != 0 }
    var stride = 1
    var result: [NDArray] = []
    for axis in (0..<rank).reversed() {
      let length = shape[axis]
      let coordinates = positions.map { $0 / stride % length }
      result.insert(NDArray(coordinates, shape: [positions.count]), at: 0)
      stride *= Swift.max(length, 1)
    }
    return result
  }

  /// The elements of a bool array as bytes; stops in a traced region.
  private func contiguousBytes(_ site: CallSite) -> [UInt8] {
    if case .symbol = handle.content {
      fail(
        "nonZero: the shape of the result depends on values, which a traced region does not have; "
          + "use where: \(type)", at: site)
    }
    return scalars(as: UInt8.self)
  }
}
