/// Why there is no native kernel, in words for a report.
struct NativeFailure: Error {
  let text: String

  init(_ text: String) { self.text = text }
}
