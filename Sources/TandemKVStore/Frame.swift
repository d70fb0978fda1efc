/// Bytes to messages and back. Lengths are checked before anything is allocated; nothing traps.
///
/// A frame is a header of 48 bytes (little-endian: magic, major, minor, type, flags, role, index,
/// epoch, incarnation, token, body length, payload length, checksum of all that follows and
/// precedes), the body, then the payload, which the driver copies where it belongs.
package enum Frame {
  package static let headerByteCount = 48
  package static let magic: UInt32 = 0x314B_4454
  package static let major: UInt8 = 1
  package static let minor: UInt8 = 0
  /// What a body may hold, and a payload by default.
  package static let bodyBytesMax = 64 * 1024
  package static let payloadBytesMax = 8 * 1024 * 1024

  /// A frame's head, before its body and payload are read.
  package struct Header: Hashable, Sendable {
    package let bodyByteCount: Int
    package let payloadByteCount: Int
  }

  /// The frame but for its payload.
  package static func encode(_ envelope: Envelope, payloadByteCount: Int = 0) -> [UInt8] {
    var body = Bytes()
    let type = body.write(envelope.message)
    var head = Bytes()
    head.write(magic)
    head.bytes += [major, minor, type, 0, envelope.from.role.rawValue, 0]
    head.write(envelope.from.index)
    head.write(envelope.epoch)
    head.write(envelope.incarnation)
    head.write(envelope.token)
    head.write(UInt32(body.bytes.count))
    head.write(UInt32(payloadByteCount))
    head.write(UInt32(0))
    head.write(CRC32C.of(body.bytes, after: CRC32C.of(head.bytes)))
    return head.bytes + body.bytes
  }

  /// Looks at the first 48 bytes only. `payloadMax` is 0 for a peer that was not admitted.
  package static func header(
    _ bytes: ArraySlice<UInt8>, payloadMax: Int = payloadBytesMax
  ) throws(Refusal) -> Header {
    guard bytes.count >= headerByteCount else { throw .truncated }
    var reader = Reader(bytes)
    guard try reader.word32() == magic else { throw .magic }
    guard try reader.byte() == major else { throw .version }
    _ = try reader.byte()
    guard (1...14).contains(try reader.byte()) else { throw .type }
    guard try reader.byte() == 0 else { throw .flags }
    guard Role(rawValue: try reader.byte()) != nil else { throw .role }
    guard try reader.byte() == 0 else { throw .flags }
    reader.skip(22)
    let (body, payload) = (Int(try reader.word32()), Int(try reader.word32()))
    guard body <= bodyBytesMax, payload <= payloadMax else { throw .length }
    return Header(bodyByteCount: body, payloadByteCount: payload)
  }

  /// A whole frame but for its payload.
  package static func decode(_ bytes: ArraySlice<UInt8>) throws(Refusal) -> Envelope {
    let header = try header(bytes)
    guard bytes.count == headerByteCount + header.bodyByteCount else { throw .truncated }
    let start = bytes.startIndex
    let body = bytes[(start + headerByteCount)...]
    var tail = Reader(bytes[(start + 44)...])
    let checked = CRC32C.of(body, after: CRC32C.of(bytes[start..<(start + 44)]))
    guard try tail.word32() == checked else { throw .checksum }
    var reader = Reader(bytes)
    reader.skip(6)
    let type = try reader.byte()
    reader.skip(1)
    let role = Role(rawValue: try reader.byte())!
    reader.skip(1)
    let from = Node(role, try reader.word16())
    let (epoch, incarnation) = (try reader.word32(), try reader.word64())
    let token = try reader.word64()
    var content = Reader(body)
    let message = try content.message(type)
    guard content.isAtEnd else { throw .length }
    // Every message has one spelling: what decodes is what would be written.
    return Envelope(
      from: from, incarnation: incarnation, epoch: epoch, token: token, message: message)
  }
}

/// Refusals by reason: what a stranger cost.
package struct RefusalCounts: Hashable, Sendable {
  package private(set) var counts: [Refusal: Int] = [:]

  package init() {}

  package mutating func count(_ refusal: Refusal) { counts[refusal, default: 0] += 1 }
}

/// The Castagnoli checksum, a byte at a time.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
    }
  }

  static func of(_ bytes: some Sequence<UInt8>, after earlier: UInt32 = 0) -> UInt32 {
    ~bytes.reduce(~earlier) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 255)] }
  }
}
