/// A place where the house style is broken.
struct Violation: Hashable, CustomStringConvertible {
  let rule: String
  let path: String
  /// The line, counted from one, or zero for the file as a whole.
  let line: Int
  let complaint: String

  var description: String { "\(path):\(line): \(rule): \(complaint)" }
}

/// A file that may break one rule, and why. At most ten; the test prints them all.
struct Exemption: CustomStringConvertible {
  let rule: String
  let path: String
  let reason: String

  var description: String { "\(path) is exempt from \"\(rule)\": \(reason)" }
}

let exemptions: [Exemption] = []

/// Files that may promise `Sendable` without the compiler's proof, or share a mutable global, and
/// what their comment proves.
let uncheckedSendableFiles: [String: String] = [
  "Sources/TandemKernels/Operand.swift": "a pointer that only the engine's operations follow"
]
