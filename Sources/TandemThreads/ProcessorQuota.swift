import Glibc

/// The processor quota of the process's control group, in cores; version 1 and version 2 are read.
///
/// A group's quota binds its descendants too, so every level from the process's group up to the
/// mounted root is looked at and the smallest quota counts.
enum ProcessorQuota {
  /// Cores, nil if nothing limits the process.
  static var current: Double? {
    smallest(membership: text("/proc/self/cgroup") ?? "", read: text)
  }

  /// The smallest quota on the paths that `/proc/self/cgroup` names.
  static func smallest(membership: String, read: (String) -> String?) -> Double? {
    var quotas: [Double] = []
    for line in membership.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      if fields[0] == "0" && fields[1].isEmpty {
        quotas += levels(of: fields[2], under: ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"]) {
          read($0 + "/cpu.max").flatMap(quotaOfVersion2)
        }
      } else if fields[1].split(separator: ",").contains("cpu") {
        quotas += levels(
          of: fields[2], under: ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"]
        ) {
          quotaOfVersion1(
            quota: read($0 + "/cpu.cfs_quota_us"), period: read($0 + "/cpu.cfs_period_us"))
        }
      }
    }
    return quotas.min()
  }

  /// `max 100000` or `150000 100000`: microseconds of each period.
  static func quotaOfVersion2(_ text: String) -> Double? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), period > 0
    else { return nil }
    return quota / period
  }

  private static func quotaOfVersion1(quota: String?, period: String?) -> Double? {
    guard let quota = quota.flatMap(number), let period = period.flatMap(number), quota > 0,
      period > 0
    else { return nil }
    return quota / period
  }

  private static func number(_ text: String) -> Double? {
    text.split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) }
  }

  private static func levels(
    of group: Substring, under mounts: [String], quota: (String) -> Double?
  ) -> [Double] {
    let parts = group.split(separator: "/")
    return mounts.flatMap { mount in
      (0...parts.count).compactMap { depth in
        quota(([mount] + parts.prefix(depth).map(String.init)).joined(separator: "/"))
      }
    }
  }

  private static func text(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
