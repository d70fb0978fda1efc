/// Little-endian bytes under way out.
struct Bytes {
  var bytes: [UInt8] = []

  mutating func write(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func write(_ slice: Slice) {
    write(slice.key)
    write(slice.piece)
  }

  mutating func write(_ part: Part) {
    write(part.slice)
    write(part.step)
    write(part.node)
  }

  mutating func write(optional value: UInt32?) {
    bytes.append(value == nil ? 0 : 1)
    write(value ?? 0)
  }

  mutating func write(_ table: [UInt16: some FixedWidthInteger]) {
    write(UInt16(table.count))
    for (key, value) in table.sorted(by: { $0.key < $1.key }) {
      write(key)
      write(value)
    }
  }

  /// Writes a message's fields and returns its type.
  mutating func write(_ message: Message) -> UInt8 {
    switch message {
    case .hello(let keys):
      write(keys)
      return 1
    case .heartbeat(let barrier, let isLeaving, let ready):
      write(barrier)
      bytes.append(isLeaving ? 1 : 0)
      write(UInt16(ready.count))
      for slot in ready { write(slot) }
      return 2
    case .membership(let membership):
      write(membership)
      return 3
    case .barrierOpen(let barrier):
      write(barrier)
      return 4
    case .reject(let refusal):
      bytes.append(refusal.rawValue)
      return 5
    case .push(let part):
      write(part)
      return 6
    case .staged(let part):
      write(part)
      return 7
    default: return writeRest(message)
    }
  }

  private mutating func writeRest(_ message: Message) -> UInt8 {
    switch message {
    case .room(let slice, let step):
      write(slice)
      write(step)
      return 8
    case .blocking(let slice, let step):
      write(slice)
      write(step)
      return 9
    case .pull(let slice, let version):
      write(slice)
      write(optional: version)
      return 10
    case .value(let slice, let version, let newest, let clock):
      write(slice)
      for number in [version, newest, clock] { write(number) }
      return 11
    case .replicate(let part, let version):
      write(part)
      write(version)
      return 12
    case .snapshot(let slice, let version, let clocks):
      write(slice)
      write(version)
      write(clocks)
      return 13
    case .replicated(let slice, let version):
      write(slice)
      write(optional: version)
      return 14
    default: return 0
    }
  }

  private mutating func write(_ membership: Membership) {
    write(membership.epoch)
    write(membership.workers)
    write(membership.servers)
    write(UInt16(membership.slots.count))
    for slot in membership.slots {
      write(slot.primary)
      write(optional: slot.backup.map(UInt32.init))
      bytes.append(slot.isReady ? 1 : 0)
    }
    bytes += [membership.isFinished ? 1 : 0, membership.isLost ? 1 : 0]
  }
}

/// Bytes of a stranger under way in: every read may refuse, none traps.
struct Reader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ count: Int) { rest = rest.dropFirst(count) }

  mutating func byte() throws(Refusal) -> UInt8 { try integer() }
  mutating func word16() throws(Refusal) -> UInt16 { try integer() }
  mutating func word32() throws(Refusal) -> UInt32 { try integer() }
  mutating func word64() throws(Refusal) -> UInt64 { try integer() }

  private mutating func integer<T: FixedWidthInteger>() throws(Refusal) -> T {
    let count = T.bitWidth / 8
    guard rest.count >= count else { throw .truncated }
    var value: T = 0
    for (place, byte) in rest.prefix(count).enumerated() {
      value |= T(truncatingIfNeeded: byte) << T(truncatingIfNeeded: 8 * place)
    }
    rest = rest.dropFirst(count)
    return value
  }

  private mutating func flag() throws(Refusal) -> Bool {
    let value = try byte()
    guard value <= 1 else { throw .value }
    return value == 1
  }

  private mutating func optional() throws(Refusal) -> UInt32? {
    let (isThere, value) = (try flag(), try word32())
    guard isThere || value == 0 else { throw .value }
    return isThere ? value : nil
  }

  private mutating func slice() throws(Refusal) -> Slice { Slice(try word32(), try word32()) }

  private mutating func part() throws(Refusal) -> Part {
    Part(try slice(), try word32(), try word32())
  }

  /// How many items of so many bytes follow: checked against what is there.
  private mutating func count(of byteCount: Int) throws(Refusal) -> Int {
    let count = Int(try word16())
    guard count * byteCount <= rest.count else { throw .length }
    return count
  }

  private mutating func table<T: FixedWidthInteger>() throws(Refusal) -> [UInt16: T] {
    var table: [UInt16: T] = [:]
    var last = -1
    for _ in 0..<(try count(of: 2 + T.bitWidth / 8)) {
      let (key, value): (UInt16, T) = (try word16(), try integer())
      guard Int(key) > last else { throw .value }
      last = Int(key)
      table[key] = value
    }
    return table
  }

  mutating func message(_ type: UInt8) throws(Refusal) -> Message {
    switch type {
    case 1: return .hello(keys: try word64())
    case 2:
      let (barrier, isLeaving) = (try word32(), try flag())
      var ready: [UInt16] = []
      for _ in 0..<(try count(of: 2)) { ready.append(try word16()) }
      return .heartbeat(barrier: barrier, isLeaving: isLeaving, ready: ready)
    case 3: return .membership(try membership())
    case 4: return .barrierOpen(try word32())
    case 5:
      guard let refusal = Refusal(rawValue: try byte()) else { throw .value }
      return .reject(refusal)
    case 6: return .push(try part())
    case 7: return .staged(try part())
    case 8: return .room(try slice(), step: try word32())
    case 9: return .blocking(try slice(), step: try word32())
    case 10: return .pull(try slice(), version: try optional())
    case 11:
      return .value(
        try slice(), version: try word32(), newest: try word32(), clock: try word32())
    case 12: return .replicate(try part(), version: try word32())
    case 13: return .snapshot(try slice(), version: try word32(), clocks: try table())
    case 14: return .replicated(try slice(), version: try optional())
    default: throw .type
    }
  }

  private mutating func membership() throws(Refusal) -> Membership {
    var membership = Membership()
    membership.epoch = try word32()
    membership.workers = try table()
    membership.servers = try table()
    for _ in 0..<(try count(of: 8)) {
      let (primary, backup) = (try word16(), try optional())
      guard (backup ?? 0) <= UInt16.max else { throw .value }
      membership.slots.append(
        .init(primary, backup: backup.map { UInt16($0) }, isReady: try flag()))
    }
    (membership.isFinished, membership.isLost) = (try flag(), try flag())
    return membership
  }
}
