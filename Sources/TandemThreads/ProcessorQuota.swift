/// The processor quota of the process's control groups, in cores; the smallest counts.
enum ProcessorQuota {
  /// Cores, nil if nothing limits the process.
  static var current: Double? {
    smallest(membership: ControlGroup.membership, read: ControlGroup.text)
  }

  /// The smallest quota on the paths that `/proc/self/cgroup` names.
  static func smallest(membership: String, read: (String) -> String?) -> Double? {
    ControlGroup.limits(
      "cpu", membership: membership,
      mounts: ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"],
      version2: { read($0 + "/cpu.max").flatMap(quotaOfVersion2) },
      version1: {
        quotaOfVersion1(
          quota: read($0 + "/cpu.cfs_quota_us"), period: read($0 + "/cpu.cfs_period_us"))
      }
    ).min()
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
}
