/// A length that depends on the lengths of dynamic axes: a sum of products such as `49*batch+1`.
public struct AxisExpression: Hashable, Sendable, CustomStringConvertible {
  /// A number times the lengths of some axes.
  struct Term: Hashable, Sendable {
    var coefficient: Int
    var axes: [String]
  }

  /// What is added up.
  let terms: [Term]

  init(terms: [Term]) { self.terms = terms }

  /// The most bytes and terms that a text may have.
  private static let textLengthMax = 256

  /// Reads `2*batch*time+3`: terms with `+` between, each of factors with `*` between, each a
  /// number or a name; `nil` if it is something else.
  public init?(parsing text: String) {
    guard text.utf8.count <= AxisExpression.textLengthMax else { return nil }
    var terms: [Term] = []
    for part in text.split(separator: "+", omittingEmptySubsequences: false) {
      var term = Term(coefficient: 1, axes: [])
      for factor in part.split(separator: "*", omittingEmptySubsequences: false) {
        if let number = Int(factor) {
          let (product, overflows) = term.coefficient.multipliedReportingOverflow(by: number)
          if overflows { return nil }
          term.coefficient = product
        } else if AxisExpression.isName(factor) {
          term.axes.append(String(factor))
        } else {
          return nil
        }
      }
      terms.append(term)
    }
    self.terms = terms
  }

  /// Whether a text may name an axis: a letter or underscore, then those and digits, at most 64.
  public static func isName(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 64 else { return false }
    func isLetter(_ byte: UInt8) -> Bool {
      (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
    }
    return isLetter(first) && text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) }
  }

  /// The length, given those of the axes; `nil` if one is not there or it does not fit 64 bits.
  public func value(_ axes: [String: Int]) -> Int? {
    var sum = 0
    for term in terms {
      var product = term.coefficient
      for axis in term.axes {
        guard let length = axes[axis] else { return nil }
        let (next, overflows) = product.multipliedReportingOverflow(by: length)
        if overflows { return nil }
        product = next
      }
      let (next, overflows) = sum.addingReportingOverflow(product)
      if overflows { return nil }
      sum = next
    }
    return sum
  }

  /// `2*batch*time+3`.
  public var description: String {
    terms.map { term in
      let factors =
        (term.coefficient == 1 && !term.axes.isEmpty ? [] : ["\(term.coefficient)"]) + term.axes
      return factors.joined(separator: "*")
    }.joined(separator: "+")
  }
}
