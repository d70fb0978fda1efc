import TandemShapes

/// What an operation throws while it runs; the engine adds which operation it was.
public struct OperationFailure: Error, Hashable, Sendable {
  /// What is wrong and the values: `leading minor 2 is not positive`.
  public let message: String

  public init(_ message: String) { self.message = message }
}

/// Why a variable has no good value, or why a wait did not end.
public struct EngineError: Error, Hashable, Sendable {
  /// What kind of trouble it is; more kinds may come.
  public struct Code: Hashable, Sendable {
    private let number: Int

    /// An operation failed while it ran.
    public static let operationFailed = Code(number: 1)
    /// The time given to a wait was over; the work goes on.
    public static let timedOut = Code(number: 2)
  }

  /// What kind of trouble it is.
  public let code: Code
  /// What is wrong and the values.
  public let message: String
  /// The operation that failed, or that was waited for.
  public let operation: String
  /// Where the user queued that operation.
  public let site: CallSite
  /// The module that queued it, such as `blocks.3.attention`, nil if none did.
  public let modulePath: String?

  init(_ code: Code, _ message: String, operation: String, site: CallSite, modulePath: String?) {
    (self.code, self.message, self.operation) = (code, message, operation)
    (self.site, self.modulePath) = (site, modulePath)
  }
}

extension EngineError: CustomStringConvertible {
  /// `operation: what is wrong: the values, queued at file.swift:30 (blocks.3.attention)`.
  public var description: String {
    let place = site == .unknown ? "" : ", queued at \(site)"
    return "\(operation): \(message)\(place)\(modulePath.map { " (\($0))" } ?? "")"
  }
}
