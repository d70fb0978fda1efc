import TandemFormats

extension Plot {
  /// Writes the plot to a file: what it becomes, the ending of its name says: `.svg`, `.png` or
  /// `.txt`. The file appears when it is complete.
  ///
  /// - Throws: `FormatError` if the ending is another, or if the file cannot be written.
  public func save(_ path: String) throws(FormatError) {
    let name = path.split(separator: "/").last ?? ""
    let ending = name.lastIndex(of: ".").map { name[$0...].lowercased() } ?? ""
    let bytes: [UInt8]
    switch ending {
    case ".svg": bytes = Array(svg.utf8)
    case ".png": bytes = png
    case ".txt": bytes = Array((text() + "\n").utf8)
    default:
      let found = ending.isEmpty ? "there is none" : "\(ending)"
      throw FormatError(
        .unsupported, "plot: the name must end in .svg, .png or .txt: \(found): \(path)")
    }
    let file = try AtomicFile(path, format: "plot")
    try file.write(bytes)
    try file.commit()
  }
}
