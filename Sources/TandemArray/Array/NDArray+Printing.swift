import TandemEngine

extension NDArray: CustomStringConvertible {
  /// The elements in aligned columns, laid out as NumPy does, then the type; waits for them.
  ///
  ///     NDArray([[1.  , 2.5 ],
  ///              [3.25, 4.  ]], float32[2, 2])
  ///
  /// Of more than 1000 elements three at each end of each axis are shown, unless
  /// ``PrintOptions`` say otherwise. An array whose computation failed is shown as the error, one
  /// inside a traced region as its symbol.
  public var description: String { text(.current) }

  /// The same under options of its own; `numpy.array2string`.
  public func text(_ options: PrintOptions) -> String {
    if case .symbol(let symbol) = handle.content {
      return "symbol %\(symbol.value.node): \(type)"
    }
    do {
      try wait()
    } catch {
      return "\(error)"
    }
    return "NDArray(\(ArrayText(self, options).body), \(type))"
  }
}

/// The elements of a computed array as text.
private struct ArrayText {
  /// The text of what is shown, row-major.
  private var words: [String]
  /// For each axis how many positions are shown.
  private let shown: [Int]
  /// For each axis whether positions are left out in the middle.
  private let skips: [Bool]

  private static let prefix = "NDArray("
  private let lineWidth: Int

  /// Reads memory without any operator, so that printing leaves no trace in recordings.
  init(_ array: NDArray, _ options: PrintOptions) {
    let isAbridged = array.count > options.threshold
    let edge = Swift.max(1, options.edgeItems)
    lineWidth = options.lineWidth
    skips = array.shape.array.map { isAbridged && $0 > 2 * edge }
    shown = zip(array.shape.array, skips).map { $1 ? 2 * edge : $0 }
    let values = ArrayText.values(array, shown: shown, skips: skips, part: 0)
    let style = NumberText(values, array.dtype.part, options)
    words = values.map(style.text)
    guard array.dtype.kind == .complex else { return }
    let others = ArrayText.values(array, shown: shown, skips: skips, part: 1)
    let signed = NumberText(others, array.dtype.part, options, showsPlus: true)
    words = zip(words, others).map { $0 + signed.text($1).withUnit("j") }
  }

  var body: String {
    if shown.contains(0) { return "[]" }
    var next = words[...]
    let indent = String(repeating: " ", count: ArrayText.prefix.count)
    return text(&next, axis: 0, indent: indent, width: lineWidth)
  }

  /// The text of the next `shown[axis...]` words.
  private func text(
    _ next: inout ArraySlice<String>, axis: Int, indent: String, width: Int
  ) -> String {
    guard axis < shown.count else { return next.removeFirst() }
    let indent = indent + " "
    var pieces: [String] = []
    for position in 0..<shown[axis] {
      if skips[axis], position == shown[axis] / 2 { pieces.append("...") }
      pieces.append(text(&next, axis: axis + 1, indent: indent, width: width - 1))
    }
    if axis == shown.count - 1 { return "[" + row(pieces, indent, width) + "]" }
    let gap = String(repeating: "\n", count: shown.count - 1 - axis)
    return "[" + pieces.joined(separator: "," + gap + indent) + "]"
  }

  /// Numbers of one row, broken into lines where they do not fit.
  private func row(_ pieces: [String], _ indent: String, _ width: Int) -> String {
    var (text, column) = ("", indent.count)
    for (index, piece) in pieces.enumerated() {
      // A separator is two wide, of which the blank may stick out; breaking an empty line does not
      // help.
      if index > 0 {
        if column + 2 + piece.count > width - 1 {
          text += ",\n" + indent
          column = indent.count
        } else {
          text += ", "
          column += 2
        }
      }
      text += piece
      column += piece.count
    }
    return text
  }

  private static func values(
    _ array: NDArray, shown: [Int], skips: [Bool], part: Int
  ) -> [ScalarValue] {
    guard let storage = array.storage, !shown.contains(0) else { return [] }
    let (layout, width) = (array.handle.layout, array.dtype.byteCount)
    return withExtendedLifetime(storage) {
      let base = storage.materialized()
      var offsets = [layout.offset]
      for axis in 0..<shown.count {
        let positions = (0..<shown[axis]).map {
          skips[axis] && $0 >= shown[axis] / 2 ? layout.shape[axis] - shown[axis] + $0 : $0
        }
        offsets = offsets.flatMap { offset in
          positions.map { offset + $0 * layout.stride(axis) }
        }
      }
      let dtype = array.dtype.part
      return offsets.map {
        ElementCodec.load(dtype, at: base + $0 * width + part * dtype.byteCount)
      }
    }
  }
}

extension String {
  /// The text with a unit right behind its number, before the blanks that align columns.
  fileprivate func withUnit(_ unit: String) -> String {
    let blanks = reversed().prefix { $0 == " " }.count
    return dropLast(blanks) + unit + String(repeating: " ", count: blanks)
  }
}
