import Glibc

extension Plot {
  /// What a terminal can show.
  public struct TextOptions: Hashable, Sendable {
    /// How long lines may be, in characters.
    public var columns: Int
    /// How high a frame is, in lines.
    public var rows: Int
    /// Whether there are dots, blocks and lines; else ASCII.
    public var isUnicode: Bool
    /// Whether colours are written, as 24-bit ANSI codes.
    public var hasColors: Bool

    /// A size and what can be shown.
    public init(columns: Int = 80, rows: Int = 20, isUnicode: Bool = true, hasColors: Bool = false)
    {
      (self.columns, self.rows) = (max(24, min(columns, 400)), max(6, min(rows, 200)))
      (self.isUnicode, self.hasColors) = (isUnicode, hasColors)
    }

    /// What the terminal of the process can show: as wide as `$COLUMNS` or the terminal says, at
    /// most 100 columns; ASCII unless the locale (`$LC_ALL`, `$LC_CTYPE` or `$LANG`) is UTF-8;
    /// colours if standard output is a terminal and `$NO_COLOR` is not set.
    public static var terminal: TextOptions {
      func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
      }
      let isTerminal = isatty(STDOUT_FILENO) == 1
      return TextOptions(
        variable, isTerminal: isTerminal, terminalColumns: isTerminal ? windowColumns : nil)
    }

    /// What an environment says.
    init(
      _ variable: (String) -> String?, isTerminal: Bool, terminalColumns: Int?
    ) {
      let locale = variable("LC_ALL") ?? variable("LC_CTYPE") ?? variable("LANG") ?? ""
      let name = locale.lowercased()
      let columns = variable("COLUMNS").flatMap { Int($0) } ?? terminalColumns ?? 80
      self.init(
        columns: min(columns > 0 ? columns : 80, 100),
        isUnicode: name.hasSuffix("utf-8") || name.hasSuffix("utf8"),
        hasColors: isTerminal && variable("NO_COLOR") == nil && variable("TERM") != "dumb")
    }

    private static var windowColumns: Int? {
      var window = winsize()
      return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0
        ? Int(window.ws_col) : nil
    }

    /// A text without letters that the terminal cannot show.
    func fitting(_ text: String) -> String {
      let line = text.map { $0.isNewline || $0 == "\t" || $0 == "\u{1B}" ? " " : $0 }
      guard !isUnicode else { return String(line) }
      return line.map { letter -> String in
        if let power = superscriptDigit(letter) { return power }
        switch letter {
        case "−", "–", "—": return "-"
        case "…": return "."
        case "·", "×": return "*"
        case "∞": return "inf"
        default: return letter.isASCII ? String(letter) : "?"
        }
      }.joined().replacingPowers()
    }

    private func superscriptDigit(_ letter: Character) -> String? {
      NumberLabel.superscripts.first { $0.value == letter }.map { "^\($0.key)" }
    }

    /// The shade of a lightness between 0 and 1, for light letters on a dark ground.
    func shade(_ lightness: Double) -> Character {
      let shades: [Character] =
        isUnicode
        ? [" ", "░", "▒", "▓", "█"] : [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]
      return shades[min(shades.count - 1, max(0, Int(lightness * Double(shades.count))))]
    }
  }

  /// The plot as text for the terminal: dots and blocks, or ASCII where there is nothing else; see
  /// ``TextOptions/terminal``.
  public func text(_ options: TextOptions = .terminal) -> String {
    let drawing = TextDrawing(options: options)
    return drawing.lines(self, columns: options.columns, rows: options.rows)
      .map { line in
        var line = line
        while line.last == " " { line.removeLast() }
        return line
      }.joined(separator: "\n")
  }
}

extension Plot: CustomStringConvertible {
  /// The plot as text for the terminal; see ``text(_:)``.
  public var description: String { text() }
}

extension String {
  /// `10^-^3` as `10^-3`.
  fileprivate func replacingPowers() -> String {
    var (result, isRaised) = ("", false)
    for letter in self {
      if letter == "^" {
        if !isRaised { result.append(letter) }
        isRaised = true
      } else {
        result.append(letter)
        if !(letter.isNumber || letter == "-") { isRaised = false }
      }
    }
    return result
  }
}
