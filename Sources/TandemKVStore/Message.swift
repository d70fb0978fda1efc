/// What machines say to each other. Payload bytes travel behind a message, never in it.
package enum Message: Hashable, Sendable {
  /// Asks for a place. `keys` is the hash of the key table and of the rules' registry.
  case hello(keys: UInt64)
  /// Alive; `barrier` is how many barriers the sender entered, `ready` which slots' backups have
  /// everything by the sender's word.
  case heartbeat(barrier: UInt32, isLeaving: Bool, ready: [UInt16])
  case membership(Membership)
  case barrierOpen(UInt32)
  case reject(Refusal)

  /// A contribution, which also asks for the value after it. Carries a payload.
  case push(Part)
  /// The contribution is in its staging slot: the credit is back.
  case staged(Part)
  /// There is room again for a contribution that was turned away.
  case room(Slice, step: UInt32)
  /// The slice that everything waits for: it may be sent beyond the credit.
  case blocking(Slice, step: UInt32)
  /// Asks for the value of a version, or the newest.
  case pull(Slice, version: UInt32?)
  /// A durable value; `newest` is the newest durable version, `clock` the receiver's updates in
  /// it. Carries a payload.
  case value(Slice, version: UInt32, newest: UInt32, clock: UInt32)

  /// The update that makes version `version + 1`, for the backup. Carries a payload.
  case replicate(Part, version: UInt32)
  /// Everything of a slice, for a backup that lacks it. Carries a payload.
  case snapshot(Slice, version: UInt32, clocks: [UInt16: UInt32])
  /// The backup holds the slice up to this version, or nothing of it.
  case replicated(Slice, version: UInt32?)
}

/// Why a frame or a message was not taken.
package enum Refusal: UInt8, Hashable, Sendable, CaseIterable, Error {
  case magic, version, type, flags, length, truncated, checksum, token, role, epoch, keys, value
}

/// A message with what every frame says about its sender.
package struct Envelope: Hashable, Sendable {
  package var from: Node
  package var incarnation: UInt64
  package var epoch: UInt32
  package var token: UInt64
  package var message: Message

  package init(
    from: Node, incarnation: UInt64, epoch: UInt32, token: UInt64, message: Message
  ) {
    (self.from, self.incarnation, self.epoch) = (from, incarnation, epoch)
    (self.token, self.message) = (token, message)
  }
}

/// The bytes that go with a message, by name: the machine never holds them.
package enum Attachment: Hashable, Sendable {
  case none
  /// A gradient of this worker, or a sum in this server's staging.
  case part(Part)
  case value(Slice, version: UInt32)
  /// Value, the value before it, and the optimizer's state.
  case state(Slice)
}

/// What a machine asks its driver to do, in order.
package enum Effect: Hashable, Sendable {
  case send(Node, Envelope, Attachment)
  /// Keep the payload of the message at hand under this name.
  case stage(Part)
  /// Add the two children of this tree node.
  case sum(Part)
  /// Free this staging slot.
  case discard(Part)
  /// Apply the optimizer to this gradient: makes the next version, keeps the last.
  case update(Part)
  /// Take the payload at hand as everything of the slice.
  case install(Slice, version: UInt32)
  /// An update is durable and may be seen.
  case committed(Part, version: UInt32)
  /// Append to the log, or (`nil`) write the membership at hand; then synchronise and report.
  case append(Part?, ticket: UInt64)
  /// Compute the gradients of these tree nodes (or of this worker's batch) at this step.
  case compute(step: UInt32, nodes: [UInt32])
  /// Every slice is at this version: the next step begins.
  case stepped(UInt32)
  case barrierOpened(UInt32)
  /// The job went on without this process: start again with nothing, as a new incarnation.
  case restart
  /// Nothing is left to do; the reason is `nil` if all is well.
  case finished(Refusal?)
  case refused(Node, Refusal)
}

/// What happens to a machine. Time is passed in, in milliseconds of a monotonic clock.
package enum Event: Sendable {
  case tick
  case received(Envelope)
  /// A gradient of this worker can be sent.
  case ready(Part)
  /// What was appended under this ticket is on the disk.
  case synced(UInt64)
}
