import Glibc

/// The limits of the process's control groups; version 1 and version 2 are read.
///
/// A group's limit binds its descendants too, so every level from the process's group up to the
/// mounted root is looked at.
enum ControlGroup {
  /// `/proc/self/cgroup`: the groups that the process is in.
  static var membership: String { text("/proc/self/cgroup") ?? "" }

  /// What the levels of the process's groups say about one resource.
  ///
  /// - Parameters:
  ///   - controller: the controller's name in version 1: `cpu`, `memory`.
  ///   - mounts: where version 1 mounts it.
  ///   - version2: reads the limit of a folder of version 2, nil if there is none.
  ///   - version1: the same of version 1.
  static func limits<Limit>(
    _ controller: String, membership: String, mounts: [String],
    version2: (String) -> Limit?, version1: (String) -> Limit?
  ) -> [Limit] {
    var found: [Limit] = []
    for line in membership.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      if fields[0] == "0" && fields[1].isEmpty {
        let folders = levels(of: fields[2], under: ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"])
        found += folders.compactMap(version2)
      } else if fields[1].split(separator: ",").contains(controller[...]) {
        found += levels(of: fields[2], under: mounts).compactMap(version1)
      }
    }
    return found
  }

  private static func levels(of group: Substring, under mounts: [String]) -> [String] {
    let parts = group.split(separator: "/")
    return mounts.flatMap { mount in
      (0...parts.count).map { depth in
        ([mount] + parts.prefix(depth).map(String.init)).joined(separator: "/")
      }
    }
  }

  /// A small file, nil if it cannot be read.
  static func text(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
