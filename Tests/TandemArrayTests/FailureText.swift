import Foundation
import Synchronization
import TandemArray
import Testing

/// What a programming error says, without the process ending: `body` runs on a thread of its own,
/// which stops for good where it fails.
func failureText(_ body: @escaping @Sendable () -> Void) -> String {
  _ = Failures.installed
  let failure = Failures.Box()
  Thread {
    Thread.current.threadDictionary[Failures.key] = failure
    body()
    failure.finish("did not fail")
  }.start()
  return failure.wait()
}

/// Runs `body`, which fails within a few lines of this call, and compares what it says.
func expectFailure(
  _ words: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: @escaping @Sendable () -> Void
) {
  let text = failureText(body)
  let file = sourceLocation.fileName
  let texts = (sourceLocation.line...sourceLocation.line + 10).map { "\(words) (\(file):\($0))" }
  #expect(texts.contains(text), "\(text) is not \(words)", sourceLocation: sourceLocation)
}

private enum Failures {
  static let key = "failureText"

  /// Other threads' failures end the process, as ever.
  static let installed: Void = {
    let before = Mutex<FailureHandler.Handler?>(nil)
    let handler = FailureHandler.install { failure in
      guard let box = Thread.current.threadDictionary[key] as? Box else {
        before.withLock { $0 }?(failure)
        fatalError()
      }
      box.finish(failure.description)
      while true { pause() }
    }
    before.withLock { $0 = handler }
  }()

  final class Box: Sendable {
    private let text = Mutex("")
    private let done = DispatchSemaphore(value: 0)

    func finish(_ message: String) {
      text.withLock { $0 = message }
      done.signal()
    }

    func wait() -> String {
      done.wait()
      return text.withLock { $0 }
    }
  }
}
