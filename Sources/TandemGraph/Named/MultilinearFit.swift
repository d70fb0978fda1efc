/// Finds how a length depends on the lengths of some axes, from examples: as a sum of products in
/// which each axis stands at most once.
struct MultilinearFit {
  /// The names of the axes.
  let names: [String]
  /// Two lengths of each axis: the corners of a box.
  private let low: [Int]
  private let high: [Int]
  /// A point elsewhere, at which the result is checked.
  private let check: [Int]

  /// - Parameter examples: a length of each axis, greater than zero.
  init(_ names: [String], examples: [Int]) {
    self.names = names
    low = examples
    high = examples.map { 2 * $0 }
    // Odd multiples, so that what is halved and rounded shows.
    check = examples.enumerated().map { $1 * (3 + 2 * $0) }
  }

  /// The points whose values ``expression(_:)`` needs: the corners, then the one to check.
  var points: [[String: Int]] {
    let corners = (0..<1 << names.count).map { corner in
      names.indices.map { corner >> $0 & 1 == 1 ? high[$0] : low[$0] }
    }
    return (corners + [check]).map { Dictionary(uniqueKeysWithValues: zip(names, $0)) }
  }

  /// The expression that has these values at the points; `nil` if there is none.
  func expression(_ values: [Int]) -> AxisExpression? {
    var coefficients = Array(values.dropLast())
    for axis in names.indices {
      for corner in coefficients.indices where corner >> axis & 1 == 0 {
        let difference = coefficients[corner | 1 << axis] - coefficients[corner]
        let distance = high[axis] - low[axis]
        guard difference.isMultiple(of: distance) else { return nil }
        let slope = difference / distance
        coefficients[corner] -= slope * low[axis]
        coefficients[corner | 1 << axis] = slope
      }
    }
    let terms = coefficients.enumerated().reversed().compactMap { corner, coefficient in
      coefficient == 0
        ? nil
        : AxisExpression.Term(
          coefficient: coefficient,
          axes: names.indices.filter { corner >> $0 & 1 == 1 }.map { names[$0] })
    }
    let found = AxisExpression(terms: terms.isEmpty ? [.init(coefficient: 0, axes: [])] : terms)
    return found.value(points[points.count - 1]) == values.last ? found : nil
  }

  /// One tree of trees that differ in numbers at most: expressions stand where they differ; `nil`
  /// if they differ otherwise, or in a way that is no such expression.
  func merged(_ trees: [JSONValue]) -> JSONValue? {
    guard let first = trees.first, trees.contains(where: { $0 != first }) else {
      return trees.first
    }
    switch first {
    case .integer, .number:
      let values = trees.compactMap(\.wholeNumber)
      guard values.count == trees.count else { return nil }
      return expression(values).map { .string($0.description) }
    case .array(let elements):
      var lists: [[JSONValue]] = []
      for case .array(let list) in trees where list.count == elements.count { lists.append(list) }
      guard lists.count == trees.count else { return nil }
      let found = elements.indices.map { index in merged(lists.map { $0[index] }) }
      return found.contains(nil) ? nil : .array(found.compactMap { $0 })
    case .object(let members):
      let names = members.map(\.name)
      var lists: [[JSONValue.Member]] = []
      for case .object(let list) in trees where list.map(\.name) == names { lists.append(list) }
      guard lists.count == trees.count else { return nil }
      let found = names.indices.map { index in merged(lists.map { $0[index].value }) }
      return found.contains(nil)
        ? nil : .object(zip(names, found).map { JSONValue.Member($0, $1 ?? .null) })
    default: return nil
    }
  }
}

extension JSONValue {
  /// The number, if it is a whole one.
  fileprivate var wholeNumber: Int? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int(exactly: value)
    default: nil
    }
  }
}
