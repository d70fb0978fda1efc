@testable import TandemKVStore

/// What must hold after every event, and at the end.
extension Simulation {
  /// I7 and the credits: after every event of a server.
  func check(_ server: Server) {
    if server.isStuck { fail("credits: contributions are turned away and nobody is named") }
    if server.stagedSlicesCount > configuration.stagingSlicesMax {
      fail("I7: \(server.stagedSlicesCount) slices staged")
    }
  }

  /// I2 and I4: when an update becomes visible.
  func checkCommit(_ node: Node, _ part: Part, _ version: UInt32) {
    let epoch = processes[node]!.server!.epoch
    let last = commits[part.slice]
    // An old primary may still hear of what its backup had before it was promoted.
    if let last, last.epoch > epoch, last.server != node.index, version >= last.version {
      fail("I4: \(node) commits in epoch \(epoch) after server \(last.server) in \(last.epoch)")
    }
    if epoch > last?.epoch ?? 0 && node.index != last?.server {
      commits[part.slice] = (epoch, node.index, version)
    }
    guard configuration.shards != nil else { return }
    let value = processes[node]!.values[part.slice]?[version]
    if value != expected(part.slice, version) {
      fail("I2: \(part.slice) version \(version) of \(node) differs from one process's")
    }
  }

  /// I3 and I2: when a worker begins a step.
  func checkStep(_ node: Node, _ step: UInt32) {
    let process = processes[node]!
    reached[node.index] = max(step, reached[node.index] ?? 0)
    if configuration.shards != nil {
      for slice in configuration.slices where process.values[slice]?[step] != expected(slice, step)
      {
        fail("I2: \(node) begins step \(step) with other values of \(slice)")
      }
      processes[node]!.values = process.values.mapValues { $0.filter { $0.key >= step } }
    } else if case .bounded(let staleness) = configuration.mode, !workersChanged {
      let members = scheduler?.membership.workers ?? [:]
      for worker in members.keys
      where (processes[.worker(worker)]?.worker?.step ?? 0) + staleness
        + 1 < step
      {
        fail("I3: \(node) begins step \(step), worker \(worker) is further behind")
      }
    }
  }

  /// What one process alone computes.
  func expected(_ slice: Slice, _ version: UInt32) -> Double {
    var value = Self.initial(slice)
    for step in 0..<version {
      value = Self.updated(
        value, Self.tree(Part(slice, step, 1), configuration.shards!, value), true)
    }
    return value
  }

  /// I1: every contribution is in the final values exactly once, wherever they are served.
  func checkEnd() {
    guard let members = disk else { return fail("nothing durable") }
    for slice in configuration.slices {
      // The primary may have died after the last worker left; its backup has everything.
      let slot = members.slots[Int(configuration.slot(of: slice))]
      let primary = processes[.server(slot.primary)]!.values[slice] ?? [:]
      let backup = slot.backup.flatMap { processes[.server($0)]!.values[slice] } ?? [:]
      let versions = primary.isEmpty && slot.isReady ? backup : primary
      guard let newest = versions.keys.max() else { return fail("I1: no value of \(slice)") }
      let isRight =
        configuration.shards != nil
        ? versions[newest] == expected(slice, steps)
        : possible(slice).contains { abs($0 - versions[newest]!) < 1e-6 }
      if !isRight { fail("I1: \(slice) ends as \(versions[newest]!), not \(possible(slice))") }
    }
  }

  /// Sums of everything acknowledged; what a worker had under way when the job went on without
  /// it is in or not.
  private func possible(_ slice: Slice) -> [Double] {
    var sums = [Self.initial(slice)]
    for worker in 0..<configuration.workers {
      let last = reached[worker] ?? 0
      for step in 0..<last {
        sums = sums.map { $0 + Self.asyncGradient(Part(slice, step, UInt32(worker))) }
      }
      guard last < steps else { continue }
      sums += sums.map { $0 + Self.asyncGradient(Part(slice, last, UInt32(worker))) }
    }
    return sums
  }
}
