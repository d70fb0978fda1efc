import CTandem
import TandemShapes

/// Who may block: users' threads only. Checked wherever something blocks, in release too, since a
/// wait in the wrong place stops a program for ever on some machine and on no other.
enum BlockingRules {
  /// Stops the program if the calling thread must not wait here.
  static func check(_ what: String) {
    let words = tandem_thread()
    if words.pointee.depth >> 1 != 0 {
      fail("engine: \(what) called inside an operation, which must not wait", at: .unknown)
    }
    if words.pointee.depth & 1 != 0 {
      fail("engine: \(what) called inside a parallelFor, which must not wait", at: .unknown)
    }
    if words.pointee.team != nil {
      fail("engine: \(what) called by a worker thread, which must not wait", at: .unknown)
    }
  }
}
