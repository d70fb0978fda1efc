import CTandem

/// The memory that the process may use: what is built into the machine, or less where its control
/// groups say so, as containers do.
package enum MemoryQuota {
  /// Bytes; more than any machine has if nobody knows.
  package static let memory: Int = {
    let machine = Int(tandem_physical_memory())
    let group = smallest(membership: ControlGroup.membership, read: ControlGroup.text)
    return min(machine > 0 ? machine : 1 << 46, group ?? .max)
  }()

  /// The smallest limit on the paths that `/proc/self/cgroup` names; nil if there is none.
  static func smallest(membership: String, read: (String) -> String?) -> Int? {
    ControlGroup.limits(
      "memory", membership: membership, mounts: ["/sys/fs/cgroup/memory"],
      version2: { read($0 + "/memory.max").flatMap(bytes) },
      version1: { read($0 + "/memory.limit_in_bytes").flatMap(bytes) }
    ).min()
  }

  /// `max` or a number; version 1 writes a number near 2⁶³ for no limit.
  private static func bytes(_ text: String) -> Int? {
    guard let word = text.split(whereSeparator: \.isWhitespace).first, let bytes = Int(word),
      bytes > 0
    else { return nil }
    return bytes
  }
}
