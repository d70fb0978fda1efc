/// The shape that two shapes broadcast to, by NumPy's rule: aligned at the last axis, lengths are
/// equal or one of them is one.
///
/// - Throws: `ShapeError` that names both shapes.
public func broadcast(_ lhs: Shape, _ rhs: Shape) throws(ShapeError) -> Shape {
  if lhs == rhs { return lhs }
  var result = lhs.rank >= rhs.rank ? lhs : rhs
  for back in 1...result.rank {
    let x = back <= lhs.rank ? lhs[-back] : 1
    let y = back <= rhs.rank ? rhs[-back] : 1
    guard x == y || x == 1 || y == 1 else {
      throw ShapeError("shapes do not broadcast: \(lhs), \(rhs)")
    }
    result[-back] = x == 1 ? y : x
  }
  return result
}
