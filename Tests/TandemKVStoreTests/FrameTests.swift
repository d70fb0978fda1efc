import TestSupport
import Testing

@testable import TandemKVStore

/// Frames: what is written is read again, and what a stranger writes is refused in words.
@Suite struct FrameTests {
  private static let members: Membership = {
    var members = Membership()
    members.epoch = 7
    members.workers = [0: 11, 3: .max]
    members.servers = [1: 5]
    members.slots = [.init(1, backup: 0, isReady: true), .init(0)]
    members.isLost = true
    return members
  }()

  static let messages: [Message] = {
    let slice = Slice(3, 4)
    let part = Part(slice, 9, .max)
    return [
      .hello(keys: 42), .heartbeat(barrier: 1, isLeaving: true, ready: [0, 2]),
      .membership(members), .barrierOpen(3), .reject(.keys), .push(part), .staged(part),
      .room(slice, step: 1), .blocking(slice, step: 2), .pull(slice, version: nil),
      .pull(slice, version: 8), .value(slice, version: 1, newest: 2, clock: 3),
      .replicate(part, version: 6), .snapshot(slice, version: 2, clocks: [1: 2, 9: 4]),
      .replicated(slice, version: nil), .replicated(slice, version: 1),
    ]
  }()

  static func envelope(_ message: Message) -> Envelope {
    Envelope(from: .worker(2), incarnation: 77, epoch: 5, token: 99, message: message)
  }

  @Test(arguments: messages)
  func whatIsWrittenIsRead(_ message: Message) throws {
    let envelope = Self.envelope(message)
    let bytes = Frame.encode(envelope, payloadByteCount: 12)
    #expect(try Frame.decode(bytes[...]) == envelope)
    let header = try Frame.header(bytes[...])
    #expect(header.payloadByteCount == 12)
    #expect(bytes.count == Frame.headerByteCount + header.bodyByteCount)
  }

  @Test(arguments: messages)
  func everyTruncationAndEveryFlippedBitIsRefused(_ message: Message) {
    let bytes = Frame.encode(Self.envelope(message))
    for count in 0..<bytes.count {
      #expect(throws: Refusal.truncated) { try Frame.decode(bytes[..<count]) }
    }
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: Refusal.self) { try Frame.decode(changed[...]) }
    }
  }

  @Test func eachReasonHasItsName() {
    let bytes = Frame.encode(Self.envelope(.hello(keys: 1)))
    let cases: [(place: Int, value: UInt8, reason: Refusal)] = [
      (0, 0, .magic), (4, 2, .version), (6, 0, .type), (6, 15, .type), (7, 1, .flags),
      (8, 3, .role), (35, 0xFF, .length), (39, 0xFF, .length), (44, 0, .checksum),
    ]
    for (place, value, reason) in cases {
      var changed = bytes
      changed[place] = value == 0 && place == 44 ? ~changed[place] : value
      #expect(throws: reason) {
        _ = try Frame.header(changed[...])
        _ = try Frame.decode(changed[...])
      }
    }
  }

  @Test func aStrangerMaySendNoPayload() {
    let bytes = Frame.encode(Self.envelope(.hello(keys: 1)), payloadByteCount: 1)
    #expect(throws: Refusal.length) { _ = try Frame.header(bytes[...], payloadMax: 0) }
  }

  /// Bodies of random bytes under a right checksum: none traps, and what is read is written alike.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func randomBodiesAreRefusedOrRead(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var read = 0
    for _ in 0..<20_000 {
      let message = Self.messages[random.below(Self.messages.count)]
      var bytes = Frame.encode(Self.envelope(message))
      for _ in 0...random.below(3) where bytes.count > 48 {
        bytes[48 + random.below(bytes.count - 48)] = UInt8(truncatingIfNeeded: random.next())
      }
      bytes[6] = UInt8(1 + random.below(14))
      let check = CRC32C.of(bytes[48...], after: CRC32C.of(bytes[..<44]))
      for place in 0..<4 { bytes[44 + place] = UInt8(truncatingIfNeeded: check >> (8 * place)) }
      guard let envelope = try? Frame.decode(bytes[...]) else { continue }
      read += 1
      #expect(Frame.encode(envelope) == bytes)
    }
    #expect(read > 0)
  }

  /// The check value of CRC-32C in RFC 3720's family of test vectors.
  @Test func theChecksumIsCastagnolis() {
    #expect(CRC32C.of("123456789".utf8) == 0xE306_9283)
    #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
  }
}
