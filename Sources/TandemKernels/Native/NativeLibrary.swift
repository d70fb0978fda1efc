import CTandem
import Glibc

/// libLLVM, opened at first use; `TANDEM_LLVM` names the file to take.
package struct NativeLibrary: Sendable {
  package static let shared = NativeLibrary()

  /// Whether it compiles for this machine.
  package let isUsable: Bool
  /// Which it is: `LLVM 19.1.7`; or what is wrong: `not found: no libLLVM 15 or later`.
  package let words: String

  private init() {
    let path = getenv("TANDEM_LLVM")
    let (status, words) = Self.withWords { tandem_llvm_open(path, $0, $1) }
    (isUsable, self.words) = (status == TANDEM_LLVM_FOUND, words)
  }

  /// Calls a C function that may have something to say.
  static func withWords<Result>(
    _ body: (UnsafeMutablePointer<CChar>, Int64) -> Result
  ) -> (Result, String) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      buffer.initialize(repeating: 0)
      let result = body(buffer.baseAddress!, Int64(buffer.count))
      return (result, String(cString: buffer.baseAddress!))
    }
  }

  /// One line for `tandem doctor`.
  package static var summary: String {
    if NativeCompiler.isOff { return "off: TANDEM_NATIVE=off" }
    return shared.isUsable ? "by \(shared.words)" : "none: \(shared.words)"
  }
}
