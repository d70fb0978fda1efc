/// Why saved text is no graph: what is wrong, and at which node.
public struct SavedGraphError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Whether the text is right but names something that this program does not know: a version, an
  /// operator.
  public let isUnsupported: Bool
  /// `what is wrong: the values: node 12 (sum@1)`.
  public let message: String

  init(_ message: String, isUnsupported: Bool = false) {
    (self.message, self.isUnsupported) = (message, isUnsupported)
  }

  /// Any error of reading, in these words.
  init(_ error: any Error) {
    switch error {
    case let error as SavedGraphError: self = error
    case let error as ShapeError:
      let prefix = "graph: "
      self.init(
        error.message.hasPrefix(prefix)
          ? String(error.message.dropFirst(prefix.count)) : error.message)
    case let error as DecodingError: self.init(SavedGraphError.text(error))
    case let error as EncodingError: self.init("cannot be saved: \(error)")
    default: self.init("\(error)")
    }
  }

  /// The message.
  public var description: String { message }

  /// The same error, which is about a node.
  func at(_ place: String) -> SavedGraphError {
    SavedGraphError("\(message): \(place)", isUnsupported: isUnsupported)
  }

  private static func text(_ error: DecodingError) -> String {
    func text(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    }
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      return text(context)
    case .keyNotFound(let key, let context): return "\(text(context)): no \"\(key.stringValue)\""
    @unknown default: return "\(error)"
    }
  }
}
