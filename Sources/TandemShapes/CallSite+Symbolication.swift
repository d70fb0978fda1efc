import CTandem

// Turning a return address into `file.swift:30`. Slow (a millisecond the first time, a subprocess
// where the toolchain's symbolizer must be asked); only done when somebody reads the text.

extension CallSite {
  /// `file.swift:30` if it can be had, else the function and offset, else `unknown place`.
  var resolved: String {
    if let (file, line) = fileAndLine { return "\(baseName(file)):\(line)" }
    guard let address = returnAddress else { return "unknown place" }
    return symbolized(address) ?? "unknown place"
  }

  private func baseName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private func symbolized(_ address: UInt) -> String? {
    var buffer = [CChar](repeating: 0, count: 1024)
    // The call lies before the address that it returns to.
    let found = tandem_symbolize(address - 1, &buffer, buffer.count)
    guard found > 0 else { return nil }
    let text = String(decoding: buffer.prefix(Int(found)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    return baseName(text)
  }
}
