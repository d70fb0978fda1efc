import CTandem
private import Glibc
@_spi(Internal) @_spi(MemoryReaders) private import Runtime

// Turning a return address into `file.swift:30`. Slow (1.5 ms the first time), so only done when
// somebody reads the text. Linking `Runtime` costs a process 0.3 ms of its start, measured.

extension CallSite {
  /// The ways to find the source line of an address, best first.
  enum Symbolizer: CaseIterable {
    /// The toolchain's `Runtime` module, in this process.
    case runtime
    /// `llvm-symbolizer` or `addr2line`, whichever is in `PATH`, for at most two seconds.
    case tool
    /// The function's exported name and the distance from its start; no line.
    case symbolTable

    /// `file.swift:30`, or `function + 12`, or `nil` if this way knows nothing of `address`.
    func place(of address: UInt) -> String? {
      switch self {
      case .runtime: placeByRuntime(address)
      case .tool: placeByTool(address)
      case .symbolTable: placeBySymbolTable(address)
      }
    }
  }

  /// `file.swift:30` if it can be had, else the function and offset, else `unknown place`.
  var resolved: String {
    if let (file, line) = fileAndLine { return "\(baseName(file)):\(line)" }
    guard let address = returnAddress, address > 0 else { return "unknown place" }
    for symbolizer in Symbolizer.allCases {
      if let place = symbolizer.place(of: address) { return place }
    }
    return "unknown place"
  }
}

/// Asks the runtime, which also sees through inlined functions. The initialiser is not public API
/// of the toolchain; this file is the only one that knows it.
///
/// To find what is loaded, the runtime looks at the start of every mapped file. Another thread may
/// unmap one meanwhile, so the memory is read as that of another process would be: by a system
/// call, which fails where a pointer would crash.
private func placeByRuntime(_ address: UInt) -> String? {
  let images = ImageMap.capture(
    using: RemoteMemoryReader(pid: getpid()), forProcess: Int(getpid()))
  let trace = Backtrace(
    architecture: machineArchitecture,
    frames: [RichFrame<UInt64>.returnAddress(UInt64(address))], images: images)
  let frames = trace.symbolicated(options: [
    .showInlineFrames, .showSourceLocations, .useSymbolCache,
  ])?.frames
  // The innermost frame: operators are transparent, so it is the line that wrote them.
  guard let location = frames?.first?.symbol?.sourceLocation, location.line > 0 else { return nil }
  return "\(baseName(location.path)):\(location.line)"
}

private func placeByTool(_ address: UInt) -> String? {
  // The call lies before the address that it returns to.
  text { tandem_symbolize_with_tool(address - 1, 2000, $0, $1) }.map(baseName)
}

private func placeBySymbolTable(_ address: UInt) -> String? {
  var offset = 0
  guard let name = text({ tandem_symbol_name(address - 1, &offset, $0, $1) }) else { return nil }
  return "\(demangled(name)) + \(offset)"
}

private var machineArchitecture: String {
  #if arch(arm64)
    "arm64"
  #else
    "x86_64"
  #endif
}

/// What a C function writes into a buffer that it is handed, or `nil` if it writes nothing.
private func text(_ body: (UnsafeMutablePointer<CChar>, Int) -> Int64) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
    guard let start = buffer.baseAddress, body(start, buffer.count) > 0 else { return nil }
    return String(cString: start)
  }
}

private func baseName(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

@_silgen_name("swift_demangle")
private func swiftDemangle(
  _ name: UnsafePointer<CChar>, _ length: Int, _ output: UnsafeMutablePointer<CChar>?,
  _ outputLength: UnsafeMutablePointer<Int>?, _ flags: UInt32
) -> UnsafeMutablePointer<CChar>?

private func demangled(_ name: String) -> String {
  guard let result = swiftDemangle(name, name.utf8.count, nil, nil, 0) else { return name }
  defer { free(result) }
  return String(cString: result)
}
