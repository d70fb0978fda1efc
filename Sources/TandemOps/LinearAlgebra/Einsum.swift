// Einstein summation, in terms of matrix products: not an operator of its own.

extension ArrayExpression {
  /// Sums products of elements as an equation says: `einsum("ij,jk->ik", a, b)` is a matrix
  /// product; `numpy.einsum`.
  ///
  /// Each operand's axes are named by letters; axes of one name are walked together, and summed if
  /// the result does not name them. A letter that one operand has twice picks the diagonal. `...`
  /// stands for any further axes, which broadcast. Without `->` the result has the letters that
  /// occur once, in alphabetical order.
  ///
  /// Operands are contracted two at a time, cheapest product first, each by one matrix product.
  public static func einsum(
    _ equation: String, _ operands: Self..., file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    einsum(equation, operands, file: file, line: line)
  }

  /// Sums products of a list of operands as an equation says.
  public static func einsum(
    _ equation: String, _ operands: [Self], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let types = TensorTypes(operands.map(\.type))
    guard !operands.isEmpty else { fail("einsum: no operands: \"\(equation)\"", at: site) }
    do throws(ShapeError) {
      let parsed = try EinsumEquation(equation, ranks: operands.map(\.rank))
      let lengths = try parsed.lengths(of: operands.map(\.shape), in: equation)
      var contraction = EinsumContraction(parsed, operands, lengths, at: site)
      return contraction.result()
    } catch {
      fail("einsum: \(error.message): \(types)", at: site)
    }
  }
}

extension EinsumEquation {
  /// The length that each label stands for.
  ///
  /// - Throws: `ShapeError` if axes of one label have lengths that differ and are not one.
  func lengths(of shapes: [Shape], in text: String) throws(ShapeError) -> [Int: Int] {
    var lengths: [Int: Int] = [:]
    for (labels, shape) in zip(operands, shapes) {
      for (axis, label) in labels.enumerated() {
        let known = lengths[label] ?? 1
        guard known == 1 || shape[axis] == 1 || known == shape[axis] else {
          throw ShapeError(
            "\"\(text)\" gives \(EinsumEquation.name(label)) "
              + "the lengths \(known) and \(shape[axis])"
          )
        }
        lengths[label] = known == 1 ? shape[axis] : known
      }
    }
    return lengths
  }
}

/// The operands of an `einsum` while they are contracted two at a time.
private struct EinsumContraction<A: ArrayExpression> {
  typealias Term = (array: A, labels: [Int])
  private var terms: [Term]
  private let wanted: [Int]
  private let lengths: [Int: Int]
  private let site: CallSite

  init(_ equation: EinsumEquation, _ operands: [A], _ lengths: [Int: Int], at site: CallSite) {
    (self.wanted, self.lengths, self.site) = (equation.result, lengths, site)
    let dtype = operands.dropFirst().reduce(operands[0].dtype) { $0.promoted(with: $1.dtype) }
    terms = zip(operands, equation.operands).map { ($0.0.cast(to: dtype), $0.1) }
  }

  mutating func result() -> A {
    for index in terms.indices {
      terms[index] = diagonals(of: terms[index])
      terms[index] = summed(terms[index], keeping: labelsNeeded(beside: [index]))
    }
    while terms.count > 1 {
      let (first, second) = cheapestPair()
      let product = contract(first, second)
      terms.remove(at: second)
      terms[first] = product
    }
    let (array, labels) = terms[0]
    let order = wanted.compactMap { labels.firstIndex(of: $0) }
    return order == Array(0..<array.rank)
      ? array : .apply(Transpose(order: order), array, at: site)
  }

  /// Labels that the result or another operand has.
  private func labelsNeeded(beside indices: [Int]) -> Set<Int> {
    var needed = Set(wanted)
    for (index, term) in terms.enumerated() where !indices.contains(index) {
      needed.formUnion(term.labels)
    }
    return needed
  }

  /// The term with every label once and every axis of its label's length.
  private func diagonals(of term: Term) -> Term {
    var (array, labels) = term
    let full = Shape(labels.map { lengths[$0] ?? 1 })
    array = array.broadcast(to: full)
    while let (first, second) = repeated(in: labels) {
      let others = array.shape.array.indices.filter { $0 != first && $0 != second }
      let turned = A.apply(Transpose(order: others + [first, second]), array, at: site)
      array = .apply(Diagonal(), turned, at: site)
      labels = others.map { labels[$0] } + [labels[first]]
    }
    return (array, labels)
  }

  private func repeated(in labels: [Int]) -> (Int, Int)? {
    for (first, label) in labels.enumerated() {
      if let second = labels[(first + 1)...].firstIndex(of: label) { return (first, second) }
    }
    return nil
  }

  /// The term summed over labels that nothing needs.
  private func summed(_ term: Term, keeping needed: Set<Int>) -> Term {
    let axes = term.labels.indices.filter { !needed.contains(term.labels[$0]) }
    if axes.isEmpty { return term }
    let sum = A.apply(Sum(axes: axes), term.array, at: site).cast(to: term.array.dtype)
    return (sum, term.labels.filter { needed.contains($0) })
  }

  /// The pair whose product takes the fewest multiplications; of equals the first.
  private func cheapestPair() -> (Int, Int) {
    var best = (0, 1)
    var bestCost = Double.infinity
    for first in terms.indices {
      for second in terms.indices where second > first {
        let labels = Set(terms[first].labels).union(terms[second].labels)
        let cost = labels.reduce(1.0) { $0 * Double(lengths[$1] ?? 1) }
        if cost < bestCost { (best, bestCost) = ((first, second), cost) }
      }
    }
    return best
  }

  /// The product of two terms, summed over the labels that nothing else needs.
  private func contract(_ first: Int, _ second: Int) -> Term {
    let (a, b) = (terms[first], terms[second])
    let needed = labelsNeeded(beside: [first, second])
    let shared = a.labels.filter { b.labels.contains($0) }
    let batch = shared.filter { needed.contains($0) }
    let inner = shared.filter { !needed.contains($0) }
    let left = a.labels.filter { !shared.contains($0) }
    let right = b.labels.filter { !shared.contains($0) }
    // [batch, left, inner] times [batch, inner, right]
    let x = grouped(a, [batch, left, inner])
    let y = grouped(b, [batch, inner, right])
    let product: A =
      inner.isEmpty ? .apply(Multiply(), x, y, at: site) : .apply(MatMul(), x, y, at: site)
    let labels = batch + left + right
    return (product.reshaped(Shape(labels.map { lengths[$0] ?? 1 })), labels)
  }

  /// A term with its axes put in three groups and each group made one axis.
  private func grouped(_ term: Term, _ groups: [[Int]]) -> A {
    let order = groups.flatMap { $0 }.compactMap { term.labels.firstIndex(of: $0) }
    let turned: A =
      order == Array(0..<term.array.rank)
      ? term.array : .apply(Transpose(order: order), term.array, at: site)
    return turned.reshaped(
      Shape(groups.map { group in group.reduce(1) { $0 * (lengths[$1] ?? 1) } }))
  }
}
