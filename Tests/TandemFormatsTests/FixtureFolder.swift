import Glibc

/// The bytes of a file.
func bytes(of path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var result: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = fread(&piece, 1, piece.count, file), count > 0 {
    result += piece.prefix(count)
  }
  return result
}

/// Where the committed fixtures of this target are.
let fixtures =
  #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/Fixtures/Formats"
