import TandemArray
import TandemNN
import TandemShapes

extension Layer {
  /// The SHA-256 digest of all parameters in hexadecimal: paths, types and bytes, in the order of
  /// the paths. Equal digests mean equal bits. Waits until the parameters are computed.
  ///
  /// Stops with a message if a parameter has no value yet.
  public func fingerprint(file: StaticString = #fileID, line: UInt = #line) -> String {
    var hash = SHA256()
    for (path, parameter) in parameters.sorted(by: { $0.path < $1.path }) {
      let value = parameter.value.detached()
      Array("\(path) \(value.type)\n".utf8).withUnsafeBytes { hash.add($0) }
      do {
        try value.withUnsafeBytes { hash.add($0) }
      } catch {
        fail("fingerprint: \(path): \(error)", at: CallSite(file, line))
      }
    }
    return hash.hexDigest
  }
}
