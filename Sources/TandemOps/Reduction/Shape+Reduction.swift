extension Shape {
  /// The shape that is left of this one when some axes are reduced.
  func reduced(over axes: [Int], keepDims: Bool) -> Shape {
    var result = Shape()
    for axis in 0..<rank {
      if !axes.contains(axis) {
        result.append(self[axis])
      } else if keepDims {
        result.append(1)
      }
    }
    return result
  }
}

extension Lowering {
  /// An output whose reduced axes are shown with length one, whether or not the user keeps them.
  public func output(_ index: Int, keeping axes: [Int]) -> Slot {
    let slot = output(index)
    let full = inputs(rankOf: 0)
    guard slot.layout.rank < full else { return slot }
    return slot.with(axes.reduce(slot.layout) { $0.inserting(axis: $1) })
  }

  private func inputs(rankOf index: Int) -> Int { input(index).layout.rank }
}

extension ArrayExpression {
  /// A reduced array stretched over the axes that were reduced, to be combined with the input.
  func spread(over axes: [Int], of shape: Shape, keptDims: Bool) -> Self {
    let kept = keptDims ? self : axes.reduce(self) { $0.expandingDims(at: $1) }
    return kept.broadcast(to: shape)
  }
}
