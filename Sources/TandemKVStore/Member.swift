/// What servers and workers share: a place in the job, kept by heartbeats.
struct Member: Sendable {
  let configuration: Configuration
  let node: Node
  let incarnation: UInt64
  let keys: UInt64
  var membership = Membership()
  var isJoined = false
  private var lastBeat: UInt64?

  init(_ configuration: Configuration, _ node: Node, _ incarnation: UInt64, keys: UInt64) {
    (self.configuration, self.node) = (configuration, node)
    (self.incarnation, self.keys) = (incarnation, keys)
  }

  func send(_ message: Message, to node: Node, _ attachment: Attachment = .none) -> Effect {
    .send(
      node,
      Envelope(
        from: self.node, incarnation: incarnation, epoch: membership.epoch,
        token: configuration.token, message: message), attachment)
  }

  /// A heartbeat, or a hello until there is a place.
  mutating func beat(_ heartbeat: Message, _ now: UInt64, _ effects: inout [Effect]) {
    if let last = lastBeat, now - last < configuration.heartbeatMilliseconds { return }
    lastBeat = now
    effects.append(send(isJoined ? heartbeat : .hello(keys: keys), to: .scheduler))
  }

  /// Beats at the next tick, whatever the time.
  mutating func hurry() { lastBeat = nil }

  /// Who may say what: the first look at every message. Returns why it is refused.
  func refusal(of envelope: Envelope) -> Refusal? {
    let rules = configuration.rules
    if rules.token && envelope.token != configuration.token { return .token }
    if envelope.from == .scheduler { return nil }
    guard rules.epoch else { return nil }
    guard envelope.epoch == membership.epoch,
      membership.incarnation(of: envelope.from) == envelope.incarnation
    else { return .epoch }
    return nil
  }

  /// Takes a newer membership. Returns what it replaced, or `nil` if it is not newer.
  mutating func adopt(_ next: Membership, _ effects: inout [Effect]) -> Membership? {
    guard next.epoch > membership.epoch || !isJoined else { return nil }
    let old = membership
    if next.isLost {
      effects.append(.finished(.value))
    } else if next.incarnation(of: node) == incarnation {
      isJoined = true
    } else if isJoined && !next.isFinished {
      effects.append(.restart)
    } else if !isJoined && !next.isFinished {
      return nil
    }
    membership = next
    return old
  }
}
