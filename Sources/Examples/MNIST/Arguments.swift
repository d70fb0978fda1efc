import Tandem

/// The integer options of a program: `--name value`.
struct Arguments {
  private var values: [String: Int]

  /// Reads the command line; an option that is not among `defaults`, or has no number, stops the
  /// program with a message.
  init(defaults: [String: Int]) {
    values = defaults
    var words = CommandLine.arguments.dropFirst()
    while let word = words.popFirst() {
      let name = String(word.drop { $0 == "-" })
      guard word.hasPrefix("--"), defaults[name] != nil, let text = words.popFirst(),
        let value = Int(text), value >= 0
      else {
        let known = defaults.keys.sorted().map { "--\($0) N" }.joined(separator: " ")
        fail("usage: MNIST \(known); got \(word)", at: .unknown)
      }
      values[name] = value
    }
  }

  /// The value of an option.
  subscript(name: String) -> Int { values[name] ?? 0 }
}
