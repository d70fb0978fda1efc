// What optimizers ask of the numbers that they are made with.

/// Stops with a message unless the numbers are finite and not negative.
func requireNumbers(_ rule: String, _ numbers: KeyValuePairs<String, Double>, at site: CallSite) {
  for (name, number) in numbers where !(number >= 0 && number.isFinite) {
    fail("\(rule): \(name) must be finite and not negative, got \(number)", at: site)
  }
}

/// Stops with a message unless the numbers are from 0 to below 1.
func requireFractions(
  _ rule: String, _ numbers: KeyValuePairs<String, Double>, at site: CallSite
) {
  for (name, number) in numbers where !(0..<1).contains(number) {
    fail("\(rule): \(name) must be in 0..<1, got \(number)", at: site)
  }
}

/// Stops with a message unless the numbers are above zero and finite.
func requirePositive(_ rule: String, _ numbers: KeyValuePairs<String, Double>, at site: CallSite) {
  for (name, number) in numbers where !(number > 0 && number.isFinite) {
    fail("\(rule): \(name) must be positive, got \(number)", at: site)
  }
}

extension StateCell {
  /// A cell that holds a number in float64, for what small differences are made of.
  static func exact(_ name: String, _ number: Double) -> StateCell {
    StateCell(name, NDArray(number, dtype: .float64))
  }

  /// The checked numbers of a rule as cells: the learning rate and others that are not negative,
  /// fractions below one, positive numbers, and what steps are counted in.
  static func numbers(
    of rule: String, _ notNegative: KeyValuePairs<String, Double>,
    fractions: KeyValuePairs<String, Double> = [:],
    positive: KeyValuePairs<String, Double> = [:], counts: KeyValuePairs<String, Double> = [:],
    at site: CallSite
  ) -> [StateCell] {
    requireNumbers(rule, notNegative, at: site)
    requireFractions(rule, fractions, at: site)
    requirePositive(rule, positive, at: site)
    return [notNegative, fractions, positive, counts].flatMap { $0.map { .exact($0.0, $0.1) } }
  }
}
