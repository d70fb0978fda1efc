import TandemThreads

/// The engines of devices beside each other, by the number of the device: what a report of one of
/// them looks at. Keeps them until they are removed, as a report may take seconds.
final class DeviceCores: Sendable {
  private let cores = Guarded<[EngineCore?]>([])

  func add(_ core: EngineCore) { cores.withLock { $0.append(core) } }

  func remove(_ core: EngineCore) {
    let removed = cores.withLock { cores -> EngineCore? in
      guard let place = cores.firstIndex(where: { $0 === core }) else { return nil }
      defer { cores[place] = nil }
      return cores[place]
    }
    // Released here, not under the lock.
    withExtendedLifetime(removed) {}
  }

  /// Those that live, each with what tells its workers from those of the others.
  var all: [(core: EngineCore, suffix: String)] {
    let cores = cores.withLock { $0 }
    return cores.enumerated().compactMap { device, core in
      core.map { ($0, cores.count > 1 ? " of device \(device)" : "") }
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
