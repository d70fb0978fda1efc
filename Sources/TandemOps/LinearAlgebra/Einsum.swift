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
  /// Operands are contracted two at a time, each time by one matrix product.
  ///
  /// - Parameter order: which two at a time; it follows from the shapes alone.
  public static func einsum(
    _ equation: String, _ operands: Self..., order: EinsumOrder = .optimal,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    einsum(equation, operands, order: order, file: file, line: line)
  }

  /// Sums products of a list of operands as an equation says.
  ///
  /// - Parameter order: which two at a time; it follows from the shapes alone.
  public static func einsum(
    _ equation: String, _ operands: [Self], order: EinsumOrder = .optimal,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let types = TensorTypes(operands.map(\.type))
    guard !operands.isEmpty else { fail("einsum: no operands: \"\(equation)\"", at: site) }
    do throws(ShapeError) {
      let parsed = try EinsumEquation(equation, ranks: operands.map(\.rank))
      let lengths = try parsed.lengths(of: operands.map(\.shape), in: equation)
      return EinsumContraction(parsed, operands, lengths, at: site).result(order)
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
  private let terms: [Term]
  private let wanted: [Int]
  private let lengths: [Int: Int]
  private let site: CallSite

  init(_ equation: EinsumEquation, _ operands: [A], _ lengths: [Int: Int], at site: CallSite) {
    (self.wanted, self.lengths, self.site) = (equation.result, lengths, site)
    let dtype = operands.dropFirst().reduce(operands[0].dtype) { $0.promoted(with: $1.dtype) }
    terms = zip(operands, equation.operands).map { ($0.0.cast(to: dtype), $0.1) }
  }

  func result(_ order: EinsumOrder) -> A {
    let planner = EinsumPlanner(terms.map(\.labels), wanted: wanted, lengths: lengths)
    let (array, labels) = value(of: planner.tree(order))
    let places = wanted.compactMap { labels.firstIndex(of: $0) }
    return places == Array(0..<array.rank)
      ? array : .apply(Transpose(order: places), array, at: site)
  }

  /// The product of the operands of a tree, summed over the labels that nothing else needs.
  private func value(of tree: EinsumTree) -> Term {
    let needed = labelsNeeded(beside: tree.operands)
    switch tree {
    case .operand(let index): return summed(diagonals(of: terms[index]), keeping: needed)
    case .product(let left, let right):
      return contract(value(of: left), value(of: right), keeping: needed)
    }
  }

  /// Labels that the result or another operand has.
  private func labelsNeeded(beside operands: Int) -> Set<Int> {
    var needed = Set(wanted)
    for (index, term) in terms.enumerated() where operands & 1 << index == 0 {
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

  /// The product of two terms, summed over the labels that nothing else needs.
  private func contract(_ a: Term, _ b: Term, keeping needed: Set<Int>) -> Term {
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
