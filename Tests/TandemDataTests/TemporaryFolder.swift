import CTandem
import Glibc
import TandemShapes

@testable import TandemData

/// A folder that is removed with its files when the test ends.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/tandem-data-XXXXXX".utf8CString)
    path = String(cString: mkdtemp(&template)!)
  }

  deinit { remove(path) }

  private func remove(_ path: String) {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != "." && name != ".." { remove("\(path)/\(name)") }
      }
      closedir(directory)
      rmdir(path)
    } else {
      unlink(path)
    }
  }

  /// Writes a file into the folder, or a folder of it, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) -> String {
    if let slash = name.lastIndex(of: "/") { mkdir("\(path)/\(name[..<slash])", 0o755) }
    let file = fopen("\(path)/\(name)", "w")!
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
    return "\(path)/\(name)"
  }
}

/// The repository's root.
let repositoryRoot = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()

/// A committed fixture.
func fixture(_ name: String) throws(DataSetError) -> [UInt8] {
  try wholeFile("\(repositoryRoot)/Tests/Fixtures/Data/\(name)", largest: 1 << 20)
}

/// Bytes without structure.
func noise(_ count: Int, seed: UInt64) -> [UInt8] {
  var random = PhiloxGenerator(RandomKey(seed: seed))
  return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
}

/// The folder of real data sets, if this machine has one: `$TANDEM_DATA`, or `shared/data` beside
/// the checkout or one of the folders above it.
let realData: String? = {
  if let path = getenv("TANDEM_DATA") { return String(cString: path) }
  var folder = repositoryRoot[...]
  while let slash = folder.lastIndex(of: "/") {
    folder = folder[..<slash]
    let candidate = "\(folder)/shared/data"
    if access("\(candidate)/mnist/train-images-idx3-ubyte.gz", R_OK) == 0 { return candidate }
  }
  return nil
}()
