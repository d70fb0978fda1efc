/// Which parameters something is about, by their paths: `*.bias`, `blocks.*.attention.*`.
///
/// A star stands for any number of characters, dots among them; several patterns are separated by
/// `|`.
public struct PathPattern: Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  public let description: String
  private let patterns: [[UInt8]]

  /// - Parameter text: patterns, separated by `|`.
  public init(_ text: String) {
    description = text
    patterns = text.split(separator: "|").map { part in
      Array(part.utf8).filter { $0 != UInt8(ascii: " ") }
    }
  }

  public init(stringLiteral text: String) { self.init(text) }

  /// Whether a path is one of these.
  public func matches(_ path: String) -> Bool {
    let path = Array(path.utf8)
    return patterns.contains { PathPattern.matches(path[...], $0[...]) }
  }

  /// Goes on after the last star that can take one more character; O(path · pattern).
  private static func matches(_ path: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var (place, next) = (path.startIndex, pattern.startIndex)
    var afterStar: (pattern: Int, path: Int)?
    while place < path.endIndex {
      if next < pattern.endIndex, pattern[next] == UInt8(ascii: "*") {
        next += 1
        afterStar = (next, place)
      } else if next < pattern.endIndex, pattern[next] == path[place] {
        (place, next) = (place + 1, next + 1)
      } else if let star = afterStar {
        afterStar = (star.pattern, star.path + 1)
        (next, place) = (star.pattern, star.path + 1)
      } else {
        return false
      }
    }
    return pattern[next...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}

/// Says whether training changes the parameters of a model whose paths match: frozen ones keep
/// their values, and no gradient is computed for them.
///
/// - Returns: how many parameters that was; their shapes need not be known yet.
@discardableResult
public func setTrainable(_ isTrainable: Bool, _ pattern: PathPattern, of model: some Any) -> Int {
  let found = bindParameters(of: model).filter { pattern.matches($0.path) }
  for (_, parameter) in found { parameter.isTrainable = isTrainable }
  return found.count
}
