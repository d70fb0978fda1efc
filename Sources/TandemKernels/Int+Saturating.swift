// Estimates of work: what does not fit, as of loops inside of loops, is the largest number.

extension Int {
  /// The sum of two numbers that are not negative, or the largest number.
  package func saturatingSum(_ other: Int) -> Int {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }

  /// The product of two numbers that are not negative, or the largest number.
  package func saturatingProduct(_ other: Int) -> Int {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .max : product
  }
}
