import Glibc

/// Ends the calling process by SIGALRM when so many seconds have passed.
///
/// For the bodies of exit tests and their forked children: the test library blocks that signal in
/// the threads that run them, so that `alarm` alone would do nothing.
package func endProcess(afterSeconds seconds: UInt32) {
  signal(SIGALRM, SIG_DFL)
  var mask = sigset_t()
  sigemptyset(&mask)
  sigaddset(&mask, SIGALRM)
  pthread_sigmask(SIG_UNBLOCK, &mask, nil)
  alarm(seconds)
}
