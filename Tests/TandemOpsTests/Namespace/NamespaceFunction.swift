import TandemArray

/// A function of the NumPy-style namespace and what is checked of it besides its fixtures.
struct NamespaceFunction: Sendable {
  /// What is checked beside the values.
  enum Checks: Sendable {
    /// A compiled run gives the same bits, and the gradient agrees with differences.
    case compiledAndGradient
    /// A compiled run gives the same bits; no gradient flows.
    case compiled
    /// The shape of the result depends on values, or the function gives no array: it cannot be
    /// traced.
    case eagerOnly
  }

  /// The name in the fixtures, that of the Swift function.
  let name: String
  let checks: Checks
  let apply: @Sendable ([NDArray], NamespaceForm) -> [NDArray]

  init(
    _ name: String, _ checks: Checks = .compiledAndGradient,
    _ apply: @escaping @Sendable ([NDArray], NamespaceForm) -> [NDArray]
  ) { (self.name, self.checks, self.apply) = (name, checks, apply) }

  /// One result.
  static func one(
    _ name: String, _ checks: Checks = .compiledAndGradient,
    _ apply: @escaping @Sendable ([NDArray], NamespaceForm) -> NDArray
  ) -> NamespaceFunction { NamespaceFunction(name, checks) { [apply($0, $1)] } }
}

/// The arguments of a case beside its arrays: fields separated by semicolons, each of numbers or
/// words separated by commas; an empty field is `nil` where a number may be left out.
struct NamespaceForm: Sendable {
  private let fields: [[Substring]]

  init(_ text: String) {
    fields = text.split(separator: ";", omittingEmptySubsequences: false)
      .map { $0.split(separator: ",") }
  }

  func ints(_ field: Int) -> [Int] { fields[field].map { Int($0)! } }
  func int(_ field: Int) -> Int { ints(field)[0] }
  func optional(_ field: Int) -> Int? { field < fields.count ? ints(field).first : nil }
  func doubles(_ field: Int) -> [Double] { fields[field].map { Double($0)! } }
  func double(_ field: Int) -> Double { doubles(field)[0] }
  func word(_ field: Int) -> String { String(fields[field].first ?? "") }
  func flag(_ field: Int) -> Bool { int(field) != 0 }
  var dtype: DType { DType(named: word(fields.count - 1))! }
}
