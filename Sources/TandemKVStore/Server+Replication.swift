/// The backup: it applies the same updates in the same order.
extension Server {
  /// Sends the backup what it lacks: one update, or everything.
  mutating func toBackup(_ slice: Slice, _ now: UInt64, _ effects: inout [Effect]) {
    guard let backup = backup(of: slice), let entry = entries[slice] else { return }
    entries[slice]!.lastReplicated = now
    if let part = entry.inflight, entry.backupVersion == entry.version - 1 {
      effects.append(
        member.send(
          .replicate(part, version: entry.version - 1), to: .server(backup), .part(part)))
    } else {
      effects.append(
        member.send(
          .snapshot(slice, version: entry.version, clocks: entry.clocks), to: .server(backup),
          .state(slice)))
    }
  }

  private func isBackup(_ slice: Slice, of primary: Node) -> Bool {
    guard configuration.rules.epoch else { return true }
    return backup(of: slice) == member.node.index && place(of: slice)?.primary == primary.index
  }

  mutating func replicate(
    _ part: Part, _ version: UInt32, from primary: Node, _ effects: inout [Effect]
  ) {
    guard isBackup(part.slice, of: primary) else {
      effects.append(.refused(primary, .epoch))
      return
    }
    if let held = entries[part.slice]?.version, held == version {
      effects += [.stage(part), .update(part), .discard(part)]
      advance(part)
    }
    let held = entries[part.slice]?.version
    effects.append(member.send(.replicated(part.slice, version: held), to: primary))
  }

  mutating func install(
    _ slice: Slice, _ version: UInt32, _ clocks: [UInt16: UInt32], from primary: Node,
    _ effects: inout [Effect]
  ) {
    guard isBackup(slice, of: primary), configuration.slices.contains(slice) else {
      effects.append(.refused(primary, .epoch))
      return
    }
    if entries[slice].map({ $0.version < version }) ?? true {
      var entry = Entry()
      (entry.version, entry.clocks) = (version, clocks)
      entries[slice] = entry
      effects.append(.install(slice, version: version))
    }
    effects.append(
      member.send(.replicated(slice, version: entries[slice]!.version), to: primary))
  }

  mutating func replicated(
    _ slice: Slice, _ version: UInt32?, from backup: Node, _ now: UInt64,
    _ effects: inout [Effect]
  ) {
    guard isPrimary(slice), self.backup(of: slice) == backup.index, let entry = entries[slice]
    else { return }
    if let known = entry.backupVersion, let version, version < known { return }
    entries[slice]!.backupVersion = version
    if let version, version >= entry.version {
      if configuration.durability == .replica { commit(slice, now, &effects) }
    } else {
      toBackup(slice, now, &effects)
    }
  }
}
