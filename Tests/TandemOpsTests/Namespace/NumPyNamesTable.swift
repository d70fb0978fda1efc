import Testing

/// The page of NumPy's names, made of a list and of what the tests check.
struct NumPyNamesTable {
  /// A part of the list with its counts.
  struct Area {
    let title: String
    var count = 0
    var complete = 0
    /// How many names lack a check for a reason of each kind.
    var reasons: [String: Int] = [:]
  }

  /// Kinds of reasons, and what they mean.
  static let kinds = [
    ("waits", "the shape depends on values, or a truth value results; regions refuse that"),
    ("language", "nothing is computed: a property, a value of Swift, a key"),
    ("elsewhere", "not a function of arrays; the suite that is named checks it"),
    ("refused", "left out on purpose"), ("missing", "not there"),
  ]
  /// Kinds of reasons that are gaps.
  static let gaps = ["refused", "missing"]

  private(set) var areas: [Area] = []
  private(set) var reasons: [String] = []
  private(set) var text = introduction

  /// - Parameter list: lines of names, calls and fixtures or a reason, separated by tabs; `%`
  ///   starts an area, `#` a group. Names for later are shown and not counted.
  init(_ list: String, _ checked: CheckedNames) throws {
    for line in list.split(separator: "\n") {
      if line.hasPrefix("% ") {
        areas.append(Area(title: String(line.dropFirst(2))))
        text += "\n## \(line.dropFirst(2))\n"
      } else if line.hasPrefix("# ") {
        text += "\n### \(line.dropFirst(2))\n\n"
        text += "| name | here | fixture | gradient | compiled |\n| --- | --- | --- | --- | --- |\n"
      } else {
        try add(line.split(separator: "\t").map(String.init), checked)
      }
    }
    text += share
  }

  private mutating func add(_ fields: [String], _ checked: CheckedNames) throws {
    let names = fields[0].split(separator: ", ").map(String.init)
    let here = fields[1] == "-" ? "–" : Self.quoted(Self.calls(fields[1]))
    let kind: String?
    let columns: String
    if fields[2].hasPrefix("!") {
      let reason = String(fields[2].dropFirst())
      kind = String(reason.prefix { $0 != ":" })
      columns = "– | – | \(reason)"
      reasons.append(reason)
    } else {
      let row = try checked.row(fields[2].split(separator: ", ").map(String.init))
      kind = row.compiled == "yes" ? nil : "waits"
      columns = "yes | \(row.gradient) | \(row.compiled)"
    }
    text += "| \(Self.quoted(names)) | \(here) | \(columns) |\n"
    if kind == "later" { return }
    areas[areas.count - 1].count += names.count
    guard let kind else {
      areas[areas.count - 1].complete += names.count
      return
    }
    try #require(Self.kinds.contains { $0.0 == kind }, "\(fields)")
    areas[areas.count - 1].reasons[kind, default: 0] += names.count
  }

  /// How many names of each area have all three, and why the others have not.
  private var share: String {
    let kinds = Self.kinds.map(\.0)
    var text = "\n## Share\n\nNames with all three: a fixture, a gradient check unless there is "
    text += "no gradient, a compiled run.\n\n"
    text += "| area | names | all three | share | \(kinds.joined(separator: " | ")) |\n"
    text += "| --- |" + String(repeating: " --- |", count: kinds.count + 3) + "\n"
    for area in areas {
      let tenths = (1000 * area.complete + area.count / 2) / area.count
      let numbers = kinds.map { "\(area.reasons[$0] ?? 0)" }.joined(separator: " | ")
      text += "| \(area.title) | \(area.count) | \(area.complete) "
      text += "| \(tenths / 10).\(tenths % 10) % | \(numbers) |\n"
    }
    return text + "\n" + Self.kinds.map { "- \($0): \($1).\n" }.joined()
  }

  private static let introduction = """
    # NumPy's names

    What a name of NumPy, of `mx.npx` (`npx.`), of MXNet or of MLX (`mlx.`) is called here. The
    tests make this page from what they check:
    `TANDEM_WRITE_TABLES=1 swift test --filter NumPyNamesTests`.

    - **Fixture**: compared with NumPy, SciPy, PyTorch, or a loop that the documentation of the name
      says; numbers of samplers with the distribution that they should have.
    - **Gradient**: compared with differences, or for draws by rejection with the slope of a mean;
      "none" where there is none to compare.
    - **Compiled**: a compiled region gives the same bits; "waits" where a shape depends on values
      or the result is a truth value, which a region refuses in words.

    Other names have a reason, of a kind that is explained at the end, or are for later.

    """

  /// Calls separated by commas, of which some stand between brackets.
  private static func calls(_ text: String) -> [String] {
    var (result, depth) = ([""], 0)
    for letter in text {
      if letter == "(" || letter == "[" { depth += 1 }
      if letter == ")" || letter == "]" { depth -= 1 }
      if letter == ",", depth == 0 {
        result.append("")
      } else {
        result[result.count - 1].append(letter)
      }
    }
    return result.map { String($0.trimmingPrefix(" ")) }
  }

  private static func quoted(_ words: [String]) -> String {
    words.map { "`\($0)`" }.joined(separator: ", ")
  }
}
