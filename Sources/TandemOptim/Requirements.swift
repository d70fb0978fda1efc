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

extension StateCell {
  /// A cell that holds a number in float64, for what small differences are made of.
  static func exact(_ name: String, _ number: Double) -> StateCell {
    StateCell(name, NDArray(number, dtype: .float64))
  }
}
