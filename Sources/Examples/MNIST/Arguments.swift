import Glibc
import Tandem

/// The integer options of a program: `--name value`.
struct Arguments {
  private var values: [String: Int]

  /// Reads the command line; an option that is not among `defaults`, or has no number of at least
  /// 1 (0 where that is the default), ends the program with a message.
  init(defaults: [String: Int]) {
    values = defaults
    var words = CommandLine.arguments.dropFirst()
    while let word = words.popFirst() {
      let name = String(word.dropFirst(2))
      guard word.hasPrefix("--"), let known = defaults[name], let text = words.popFirst(),
        let value = Int(text), value >= min(known, 1)
      else {
        let all = defaults.keys.sorted().map { "--\($0) N" }.joined(separator: " ")
        print("usage: MNIST \(all); got \(word)")
        exit(2)
      }
      values[name] = value
    }
  }

  /// The value of an option.
  subscript(name: String) -> Int { values[name] ?? 0 }
}
