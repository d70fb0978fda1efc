// Reading and assigning parts of arrays.

extension NDArray {
  /// A part of the array: integers and ranges (negative ones count from the end), strides, new
  /// axes, an ellipsis, integer arrays and masks, in any mixture; see ``AxisIndex`` and
  /// <doc:Indexing>.
  ///
  /// As in NumPy, with one difference: bounds of ranges that lie outside of an axis are errors, not
  /// clipped.
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
      return try ResolvedIndex(indices, for: type, at: site)
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
    let value = value.converted(to: dtype, site)
    if assignMasked(value, indices, site) { return }
    let index = resolve(indices, site)
    if index.arrays.isEmpty {
      assign(value, index.plan, site)
      return
    }
    let part = scattered(value, index, site)
    if index.isWholeArray(shape) { self = part } else { assign(part, index.plan, site) }
  }

  /// `x[mask] = number` without looking at the mask's values.
  private mutating func assignMasked(
    _ value: NDArray, _ indices: [any AxisIndex], _ site: CallSite
  ) -> Bool {
    guard indices.count == 1, case .array(let mask) = indices[0].axisIndex.kind,
      mask.dtype == .bool, mask.rank > 0, value.rank == 0,
      shape.array.prefix(mask.rank) == mask.shape.array[...]
    else { return false }
    let ones = Array(repeating: 1, count: rank - mask.rank)
    let condition: NDArray =
      ones.isEmpty ? mask : .apply(Reshape(to: Shape(mask.shape.array + ones)), mask, at: site)
    self = NDArray.apply(Select(), inputs: [condition, value, self], at: site)[0]
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

  /// The part that the basic indices select with the places that the arrays pick replaced: a new
  /// array, as the same place may be written twice.
  private func scattered(_ value: NDArray, _ index: ResolvedIndex, _ site: CallSite) -> NDArray {
    let view: NDArray = .apply(BasicIndex(index.plan), self, at: site)
    let axes = index.arrays.map(\.axis)
    let rest = (0..<view.rank).filter { !axes.contains($0) }
    let arrays = index.arrays.map { $0.indices.asIndices() }
    guard let picked = index.arrayShape else {
      let types = [type] + arrays.map(\.type)
      fail("assign: index arrays do not broadcast: \(TensorTypes(types))", at: site)
    }
    let kept = rest.map { view.shape[$0] }
    let target = Shape(
      Array(kept[..<index.position]) + picked.array + Array(kept[index.position...]))
    guard (try? TandemShapes.broadcast(target, value.shape)) == target else {
      fail("assign: value does not fit \(target): \(TensorTypes([type, value.type]))", at: site)
    }
    let front: NDArray = .apply(Transpose(order: axes + rest), view, at: site)
    let places = index.position..<index.position + picked.rank
    let others = (0..<target.rank).filter { !places.contains($0) }
    let whole: NDArray = .apply(Broadcast(to: target), value, at: site)
    let updates: NDArray = .apply(Transpose(order: Array(places) + others), whole, at: site)
    let result = NDArray.apply(
      Scatter(.leading(count: arrays.count), .set), inputs: [front, updates] + arrays, at: site)[0]
    var inverse = axes + rest
    for (to, from) in (axes + rest).enumerated() { inverse[from] = to }
    return .apply(Transpose(order: inverse), result, at: site)
  }

  /// The same number or array in another dtype.
  private func converted(to dtype: DType, _ site: CallSite) -> NDArray {
    switch handle.content {
    case .literal(let value), .number(let value):
      NDArray(ArrayHandle(value.converted(to: dtype)))
    case .storage, .symbol: self.dtype == dtype ? self : .apply(Cast(to: dtype), self, at: site)
    }
  }
}
