import AWS
import AuthConfiguration
import Core
import Model
import OneTimeCodes

/// An entry of the keyring that an identity's chain uses, and the link that does.
struct UsedEntry {
  var name: String
  var identity: String
}

extension CommandContext {
  /// Says which stored keys and seeds belong to another identity, so that this one does not get them,
  /// or lets it use them.
  func settleKeys(
    of record: IdentityRecord, in configuration: Configuration, shares: Bool
  ) async throws(AuthError) {
    // Nothing of a person's is reached in a job.
    guard !configuration.isJobOnly else { return }
    let origins = try entryOrigins(in: configuration)
    for entry in try await usedEntries(of: record, in: configuration, opensKeyring: shares) {
      guard let objection = origins.objection(to: entry.name, for: entry.identity) else { continue }
      guard shares, let whose = origins.share(entry.name, with: entry.identity) else {
        say("  note: \(objection.message), which `--with-keys` would change")
        continue
      }
      let what =
        StoredSeed.device(ofEntry: entry.name).map { "codes of \(DisplayText.sanitized($0))" }
        ?? "keys of `\(entry.identity)`"
      say("  uses the stored \(what), which belong to \(whose), too")
    }
  }

  /// The entries that an identity's chain uses; those of devices that only a keyring names are known
  /// only where it may be opened.
  private func usedEntries(
    of record: IdentityRecord, in configuration: Configuration, opensKeyring: Bool
  ) async throws(AuthError) -> [UsedEntry] {
    let full = try configuration.full()
    var entries: [UsedEntry] = []
    for step in record.chain where step.section == .identity {
      var device = full.definition(.identity, step.name).flatMap { mfaDevice(of: $0) }
      if kind(step)?.storesKeys == true {
        let keys = KeyringEntry.stored(realm: full.realm, name: step.name)
        entries.append(UsedEntry(name: keys, identity: step.name))
        if opensKeyring, device == nil {
          let stored = try await effects(in: configuration).keyring.read(keys)
          device = try stored.flatMap { entry throws(AuthError) in
            try StoredKeys(entry: entry)?.mfaARN
          }
        }
      }
      guard let device else { continue }
      let seed = StoredSeed(of: device, in: try effects(in: configuration).keyring)
      entries.append(UsedEntry(name: seed.entryName, identity: step.name))
    }
    return entries
  }
}
