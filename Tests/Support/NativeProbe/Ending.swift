// Ends the process at a moment while kernels are being compiled, in one of these ways, with status
// 5:
//
//   thread    a thread that is not the main one calls exit
//   main      the main thread calls exit
//   return    the main program returns; its status is 0
//   signal    SIGINT's handler calls exit
//   interrupt SIGINT ends the process
//   fork      a child made by fork calls exit with 7, then the process ends with the child's status
//             less 2
import Glibc
import Tandem

/// Blocks SIGINT on the calling thread, or no longer does.
private func mask(_ how: Int32) {
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGINT)
  pthread_sigmask(how, &signals, nil)
}

/// A moment, in microseconds from the first request for a kernel.
struct Ending {
  let way: String
  let microseconds: Int

  /// Nanoseconds of a clock that only goes forward.
  static var now: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// Nobody hangs unnoticed: a signal ends the process after 30 seconds.
  func arm() {
    alarm(30)
    guard way != "main", way != "return" else { return }
    // Signals come to the thread that raises them, at a place where it holds no lock.
    mask(SIG_BLOCK)
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(self)).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        mask(SIG_UNBLOCK)
        let ending = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().ending
        ending.waitForMoment()
        ending.end()
        return nil
      }, start)
  }

  /// Keeps the main thread at work until the moment, where it is the one that ends the process.
  func work(_ body: (Int) -> Void) {
    let start = Self.now
    var number = 0
    while way != "main" && way != "return" || Self.now - start < microseconds * 1000 {
      body(number)
      number += 1
    }
    say()
    if way == "main" { exit(5) }
  }

  private func waitForMoment() {
    let start = Self.now
    while Self.now - start < microseconds * 1000 { sched_yield() }
  }

  /// The moment on the clock, from which the parent sees how long the end took.
  private func say() { print("ends", Self.now) }

  private func end() {
    say()
    switch way {
    case "thread": exit(5)
    case "signal":
      signal(SIGINT) { _ in exit(5) }
      kill(getpid(), SIGINT)
    case "interrupt":
      fflush(nil)
      kill(getpid(), SIGINT)
    default:
      fflush(nil)
      let child = function("fork", as: Fork.self)()
      if child == 0 { exit(7) }
      var status: Int32 = 0
      waitpid(child, &status, 0)
      exit(status & 0x7f == 0 ? (status >> 8 & 0xff) - 2 : 100 + status & 0x7f)
    }
    while true { pause() }
  }

  private final class Start {
    let ending: Ending
    init(_ ending: Ending) { self.ending = ending }
  }
}
