import CTandem
import Glibc
import TandemShapes

@testable import TandemData

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
