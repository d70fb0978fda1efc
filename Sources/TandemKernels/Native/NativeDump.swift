import Glibc

/// Prints kernels on standard error where `TANDEM_DUMP` has `native` among its words: the program,
/// the text that is compiled, and the machine's instructions.
enum NativeDump {
  static let isOn: Bool = {
    guard let setting = getenv("TANDEM_DUMP") else { return false }
    return String(cString: setting).split(separator: ",").contains("native")
  }()

  static func write(
    _ title: String, _ form: String, _ text: String,
    _ assembly: UnsafePointer<CChar>?
  ) {
    guard isOn else { return }
    var lines = "-- native \(form)\n\(title)\n\(text)"
    if let assembly { lines += String(cString: assembly) }
    lines.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
