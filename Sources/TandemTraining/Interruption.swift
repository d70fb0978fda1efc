import CTandem

/// Ctrl-C as a wish: a loop that asks for it can finish its step, save and end with a message.
///
///     Interruption.watch()
///     for batch in … {
///       …
///       if Interruption.isRequested { break }
///     }
///
/// The first Ctrl-C (SIGINT) is noted and answered with one line on standard error; the second ends
/// the process at once, as it would have without the watch.
/// ``Trainer/fit(_:on:options:callbacks:validation:loss:)`` watches by itself.
public enum Interruption {
  /// From now on the first SIGINT is a wish. Does nothing where the program ignores the signal.
  public static func watch() { tandem_stop_watch() }

  /// Whether the wish has been made.
  public static var isRequested: Bool { tandem_stop_requested() != 0 }
}
