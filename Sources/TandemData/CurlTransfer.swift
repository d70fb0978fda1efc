import CTandem
import Glibc

/// One run of the system's `curl`, watched: killed when it outlives its deadline or writes more
/// bytes than the file has.
struct CurlTransfer {
  enum Outcome: Equatable {
    case done
    /// The server does not give parts of files; the part must be removed first.
    case cannotResume
    /// There are more bytes than the file has; the part was removed.
    case tooLong
    /// What curl says.
    case failed(String)
  }

  let url: String
  let output: String
  let byteCount: Int
  let limits: DownloadLimits
  /// On the clock of `tandem_process_seconds`.
  let deadline: Double

  private static let statusMark = "http-status="

  /// Runs `curl` to its end.
  ///
  /// - Throws: `DataSetError` if there is no `curl`.
  func run() throws(DataSetError) -> Outcome {
    var pipe: Int32 = -1
    let child = start(&pipe)
    guard child > 0 else {
      let reason = String(cString: strerror(Int32(-child)))
      throw DataSetError(.unreachable, "download: cannot run curl: \(reason): \(url)")
    }
    let (text, stopped) = watch(pid_t(child), pipe)
    close(pipe)
    var status: Int32 = 0
    while waitpid(pid_t(child), &status, 0) < 0 && errno == EINTR {}
    if let stopped { return stopped }
    return outcome(exit: status & 0x7f == 0 ? Int(status >> 8 & 0xff) : nil, text)
  }

  private func start(_ pipe: inout Int32) -> Int64 {
    // `-q` first: settings of the user's own must not redirect the output. Proxies are taken from
    // the environment.
    let arguments = [
      "curl", "-q", "--fail", "--location", "--silent", "--show-error",
      "--proto", "=http,https", "--proto-redir", "=http,https",
      "--connect-timeout", "\(limits.connectSeconds)",
      "--speed-limit", "1000", "--speed-time", "\(max(1, Int(limits.stallSeconds)))",
      "--max-time", "\(max(1, Int(deadline - tandem_process_seconds())))",
      "--continue-at", "-", "--output", output,
      "--write-out", "\n\(CurlTransfer.statusMark)%{http_code}\n", "--", url,
    ]
    let copies = arguments.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    let pointers = copies.map { UnsafePointer($0) } + [nil]
    return tandem_process_start(pointers, &pipe)
  }

  /// Reads what curl prints until it ends; kills it if it must not go on.
  private func watch(_ child: pid_t, _ pipe: Int32) -> (text: String, stopped: Outcome?) {
    let showsProgress = isatty(2) == 1
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      var wait = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      if poll(&wait, 1, 200) > 0 {
        let count = read(pipe, &buffer, buffer.count)
        if count == 0 || count < 0 && errno != EINTR { break }
        if count > 0 && text.count < 1 << 16 { text += buffer.prefix(count) }
      }
      let size = regularFileSize(output) ?? 0
      if showsProgress { show(size) }
      if size > byteCount {
        kill(child, SIGKILL)
        unlink(output)
        return ("", .tooLong)
      }
      if tandem_process_seconds() > deadline + 1 {
        kill(child, SIGKILL)
        return ("", .failed("not finished in \(limits.totalSeconds) seconds"))
      }
    }
    if showsProgress { tandem_write_error("\r\u{1b}[K", 4) }
    return (String(decoding: text, as: UTF8.self), nil)
  }

  private func show(_ size: Int) {
    var line = "\rtandem: \(size * 100 / max(1, byteCount)) % of \(byteCount >> 10) KiB"
    line.withUTF8 { tandem_write_error($0.baseAddress, $0.count) }
  }

  /// What curl's exit code and words mean; 33 and 416: no such part of the file.
  private func outcome(exit: Int?, _ text: String) -> Outcome {
    let lines = text.split(separator: "\n")
    let status = lines.last { $0.hasPrefix(CurlTransfer.statusMark) }?
      .dropFirst(CurlTransfer.statusMark.count)
    if exit == 0 { return .done }
    if exit == 33 || status == "416" { return .cannotResume }
    let words = lines.filter { !$0.hasPrefix(CurlTransfer.statusMark) }.joined(separator: "; ")
    return .failed(words.isEmpty ? "curl ended with \(exit.map(String.init) ?? "a signal")" : words)
  }
}
