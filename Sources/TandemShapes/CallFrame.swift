import CTandem

/// The call of a layer that a thread is in: errors inside of it show the line that called the
/// layer, not the layer's own source, and say which layer it was.
public final class CallFrame {
  /// The user's line; unknown if the lines inside of the call are the user's own.
  public let site: CallSite
  /// Says which layer was called: `3.Dense`. It may take long, so it is asked once at most, and
  /// only for what is traced, may fail or is profiled.
  private let describe: () -> String
  /// Which layer was called.
  private(set) lazy var place = describe()
  /// What made the frame: the layer's place, for those that it contains.
  public let owner: AnyObject
  private let outer: CallFrame?

  private init(
    _ site: CallSite, _ owner: AnyObject, _ describe: @escaping () -> String,
    in outer: CallFrame?
  ) {
    (self.site, self.owner, self.describe, self.outer) = (site, owner, describe, outer)
  }

  /// Which layer this thread is in: `3.Dense`; empty outside of layers.
  public static var currentPlace: String {
    tandem_frame_get() == nil ? "" : current?.place ?? ""
  }

  /// What this thread is in.
  public static var current: CallFrame? {
    guard let word = tandem_frame_get() else { return nil }
    return Unmanaged<CallFrame>.fromOpaque(word).takeUnretainedValue()
  }

  /// Runs `body` as part of a call.
  ///
  /// - Parameters:
  ///   - site: the user's line; unknown if the lines inside of the call are the user's own.
  ///   - owner: kept for those inside, as ``owner``.
  ///   - place: says which layer was called.
  public static func with<T>(
    _ site: CallSite, owner: AnyObject, place: @escaping () -> String, _ body: () -> T
  ) -> T {
    let frame = CallFrame(site, owner, place, in: current)
    tandem_frame_set(Unmanaged.passUnretained(frame).toOpaque())
    defer { tandem_frame_set(frame.outer.map { Unmanaged.passUnretained($0).toOpaque() }) }
    return withExtendedLifetime(frame) { body() }
  }
}

extension CallSite {
  /// The place to show to the user: this one, or the line that called the layer that the thread is
  /// in.
  @inline(__always)
  public var seenByUser: CallSite {
    guard tandem_frame_get() != nil, let site = CallFrame.current?.site, site != .unknown else {
      return self
    }
    return site
  }
}
