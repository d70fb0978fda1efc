import Testing

@testable import TandemPlot

/// Plots as text, letter for letter.
struct TextTests {
  private func text(
    _ plot: Plot, columns: Int = 30, rows: Int = 6, isUnicode: Bool = true, hasColors: Bool = false
  ) -> String {
    plot.text(
      Plot.TextOptions(columns: columns, rows: rows, isUnicode: isUnicode, hasColors: hasColors))
  }

  private let tent = Plot.line([0, 1, 2], [0, 2, 0], title: "tent").labels(x: "x", y: "y")

  @Test("a line, as dots and in ASCII")
  func line() {
    #expect(
      text(tent) == """
                      tent
        y
        2 ┤            ⡠⢆
          │         ⢀⠔⠊  ⠑⠢⡀
          │       ⢀⠔⠁      ⠈⠢⡀
        1 ┤     ⡠⠊⠁          ⠈⠑⢄
          │  ⢀⠤⠊                ⠑⠤⡀
        0 ┤ ⠔⠁                    ⠈⠢
          └─┬──────────────────────┬─
            0                      2
                       x
        """)
    #expect(
      text(tent, isUnicode: false) == """
                      tent
        y
        2 +            **
          |         ***  ***
          |       ***      ***
        1 +     ***          ***
          |  ***                ***
        0 + **                    **
          +-+----------------------+-
            0                      2
                       x
        """)
  }

  @Test("bars beside each other, with a legend")
  func bars() {
    let names = ["a", "b"]
    let plot = Plot.bar(names, [1, 3], label: "one") + Plot.bar(names, [2, 1], label: "two")
    #expect(
      text(plot) == """
        3 ┤              ▆▆▆▆▆
          │              █████
        2 ┤      ▐████▌  █████
          │      ▐████▌  █████
        1 ┤ ▐█████████▌  ██████████
        0 ┤ ▐█████████▌  ██████████
          └──────┬────────────┬──────
                 a            b
           ██ one   ██ two
        """)
  }

  @Test("a confusion matrix is a table")
  func confusion() {
    let plot = Plot.confusion([[50, 2], [3, 45]], classes: ["cat", "dog"])
    #expect(
      text(plot) == """
            │ cat dog
        ────┼────────
        cat │  50   2
        dog │   3  45
        """)
    #expect(
      text(plot, isUnicode: false) == """
            | cat dog
        ----+--------
        cat |  50   2
        dog |   3  45
        """)
  }

  @Test("pictures and matrices are shades")
  func shades() {
    let plot = Plot.image([[0.0, 1.0], [0.5, 0.0]], title: "eye")
    #expect(text(plot) == "eye\n  ██\n▒▒")
    #expect(text(plot, isUnicode: false) == "eye\n  @@\n++")
    let matrix = Plot.heatmap([[0, 10], [5, 0]])
    #expect(text(matrix, isUnicode: false).hasPrefix("  @@\n++\n0 "))
  }

  @Test("no line is longer than there are columns, no control letter gets through")
  func widths() {
    let plots: [Plot] = [
      tent, Plot.bar(["a\u{1B}[2J", "b"], [3, 4]), Plot.histogram([1, 2, 2, 3]),
      Plot.heatmap([[1, 2], [3, 4]]), Plot.grid([tent, tent]), Plot.line([Double]()),
    ]
    for plot in plots {
      for columns in [24, 40, 80, 100] {
        for isUnicode in [true, false] {
          let lines = text(plot, columns: columns, isUnicode: isUnicode).split(separator: "\n")
          #expect(lines.allSatisfy { $0.count <= columns }, "\(columns)\n\(plot)")
          let isPlain = lines.joined().allSatisfy { $0.isASCII && $0 >= " " }
          #expect(isUnicode || isPlain, "\(lines)")
          #expect(!lines.joined().contains("\u{1B}"))
        }
      }
    }
  }

  @Test("colours are written for terminals alone, and end with the line")
  func colors() {
    let lines = text(tent, hasColors: true).split(separator: "\n")
    #expect(lines.contains { $0.contains("\u{1B}[38;2;0;114;178m") })
    for line in lines where line.contains("\u{1B}[38") { #expect(line.contains("\u{1B}[0m")) }
  }

  @Test(
    "what the environment says",
    arguments: [
      (["LANG": "C.UTF-8", "COLUMNS": "60"], 60, true),
      (["LANG": "de_DE.utf8"], 80, true), (["LC_ALL": "C", "LANG": "C.UTF-8"], 80, false),
      ([:], 80, false), (["COLUMNS": "1000"], 100, false), (["COLUMNS": "x"], 80, false),
    ])
  func environment(variables: [String: String], columns: Int, isUnicode: Bool) {
    let options = Plot.TextOptions(
      { variables[$0] }, isTerminal: false, terminalColumns: nil)
    #expect(options.columns == columns && options.isUnicode == isUnicode)
    #expect(!options.hasColors)
  }
}
