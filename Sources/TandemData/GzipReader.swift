import CTandem

/// Decodes gzip a bounded piece at a time, so that a small file cannot ask for more memory than its
/// reader is ready to give.
struct GzipReader: ~Copyable {
  /// The first bytes of every gzip file.
  static let magic: [UInt8] = [0x1f, 0x8b]

  /// Deflate cannot shrink bytes by more: 258 bytes in a two-bit code, and some slack for headers.
  static let largestRatio = 1040

  private let inflater: OpaquePointer
  private let name: String

  /// Decodes `bytes`, which must stay valid as long as the reader; `name` is for messages.
  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(DataSetError) {
    guard let inflater = tandem_inflate_open(bytes.baseAddress, bytes.count) else {
      throw DataSetError(.inputOutput, "gzip: out of memory: \(name)")
    }
    (self.inflater, self.name) = (inflater, name)
  }

  deinit { tandem_inflate_close(inflater) }

  /// Fills a buffer; returns how many bytes there were before the end of the stream.
  ///
  /// - Throws: `DataSetError` if the stream is torn, is not gzip, or fails its checksum.
  func read(into out: UnsafeMutableRawBufferPointer) throws(DataSetError) -> Int {
    guard let base = out.baseAddress else { return 0 }
    var count = 0
    switch Int(tandem_inflate_read(inflater, base, out.count, &count)) {
    case TANDEM_INFLATE_FILLED, TANDEM_INFLATE_ENDED: return count
    case TANDEM_INFLATE_TRUNCATED: throw DataSetError(.malformed, "gzip: torn file: \(name)")
    case TANDEM_INFLATE_CORRUPT:
      let problem = String(cString: tandem_inflate_problem(inflater))
      throw DataSetError(.malformed, "gzip: corrupt: \(problem): \(name)")
    default: throw DataSetError(.inputOutput, "gzip: out of memory: \(name)")
    }
  }
}
