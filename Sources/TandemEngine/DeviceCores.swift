import TandemThreads

/// The engines of devices beside each other, by the number of the device: what a report of one of
/// them looks at. Keeps them and their teams until they are removed, as a report may take seconds.
final class DeviceCores: Sendable {
  /// One of them.
  struct Member: Sendable {
    let core: EngineCore
    /// The core itself does not keep it.
    let team: WorkerTeam
    /// What tells its workers from those of the others.
    var suffix = ""
  }

  private let members = Guarded<[Member?]>([])

  func add(_ core: EngineCore, _ team: WorkerTeam) {
    members.withLock { $0.append(Member(core: core, team: team)) }
  }

  func remove(_ core: EngineCore) {
    let removed = members.withLock { members -> Member? in
      guard let place = members.firstIndex(where: { $0?.core === core }) else { return nil }
      defer { members[place] = nil }
      return members[place]
    }
    // Released here, not under the lock.
    withExtendedLifetime(removed) {}
  }

  /// Those that live.
  var all: [Member] {
    let members = members.withLock { $0 }
    return members.enumerated().compactMap { device, member in
      guard var member else { return nil }
      member.suffix = members.count > 1 ? " of device \(device)" : ""
      return member
    }
  }

  /// What is in flight on all of them.
  var inFlight: InFlight {
    all.reduce(into: InFlight()) { sum, one in
      let now = one.core.inFlight
      sum.operations += now.operations
      sum.kilobytes += now.kilobytes
      sum.exitCritical += now.exitCritical
    }
  }
}
