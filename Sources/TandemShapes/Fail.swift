import CTandem
import Synchronization

/// What ``fail(_:at:)`` hands to its handler.
public struct Failure: Sendable, CustomStringConvertible {
  /// `operator: what is wrong: the values`.
  public let message: String
  /// Where the user wrote it.
  public let site: CallSite

  /// The message and, if known, the place: `matmul: inner axes differ: … (user.swift:30)`.
  public var description: String {
    site == .unknown ? message : "\(message) (\(site))"
  }

  /// A failure on this thread, with the layer that runs here.
  fileprivate static func here(_ message: String, _ site: CallSite) -> Failure {
    let place = CallFrame.current.map { ", in \($0.place)" } ?? ""
    return Failure(message: message + place, site: site.seenByUser)
  }
}

/// Decides what a programming error does to the process; see ``install(_:)``.
public enum FailureHandler {
  /// Never returns: stops the process, or leaves the failing evaluation as a notebook's host does.
  public typealias Handler = @Sendable (Failure) -> Never

  private static let installed = Mutex<Handler>(stopProcess)

  /// Replaces what ``fail(_:at:)`` does and returns what it did before.
  @discardableResult
  public static func install(_ handler: @escaping Handler) -> Handler {
    installed.withLock { current in
      defer { current = handler }
      return current
    }
  }

  static var current: Handler { installed.withLock { $0 } }

  /// Makes what ``fail(_:at:)`` needs of the Swift runtime. A child made by `fork` may find the
  /// runtime's locks held by threads that it does not have, so this comes before the first thread.
  package static func prepare() { _ = prepared }

  private static let prepared: Int = {
    _ = current
    return Failure.here("prepared", CallSite(#fileID, #line)).description.utf8.count
  }()

  /// The default: one line on standard error, then `abort`.
  @Sendable
  private static func stopProcess(_ failure: Failure) -> Never {
    var line = failure.description + "\n"
    line.withUTF8 { tandem_write_error($0.baseAddress, $0.count) }
    tandem_abort()
  }
}

/// Ends in the installed ``FailureHandler``: by default writes the message and the user's line to
/// standard error and stops. For programming errors and broken invariants, in debug and release
/// alike (`precondition` prints nothing in release builds).
///
/// - Parameters:
///   - message: `operator: what is wrong: the values`, lower case, no full stop.
///   - site: where the user wrote the call. Inside of a layer's call the line of that call is shown
///     instead, and which layer it was: see ``CallFrame``.
@inline(never)
public func fail(_ message: String, at site: CallSite) -> Never {
  FailureHandler.current(Failure.here(message, site))
}
