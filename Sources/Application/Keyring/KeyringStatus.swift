package import Core
package import Keyrings
package import Terminal

/// What `keyring status` shows.
package struct KeyringStatus {
  package var condition: KeyringCondition
  package var now: Instant

  /// Creates it from its parts.
  package init(condition: KeyringCondition, now: Instant) {
    self.condition = condition
    self.now = now
  }

  /// The text for a person.
  package func text(on stream: Stream) -> String {
    var table = Table()
    var backend = condition.backend
    if let reason = condition.standsInBecause { backend += " (no system keyring: \(reason))" }
    table.append(["Keyring", backend])
    table.append(["Place", condition.place])
    if let isLocked = condition.isLocked { table.append(["Locked", isLocked ? "yes" : "no"]) }
    if let entries = condition.entries { table.append(["Entries", "\(entries.count)"]) }
    if let until = condition.unlockedUntil {
      let left = Remaining.text(seconds: now.seconds(until: until))
      table.append(["Unlocked until", "\(LocalTime.text(until)) (\(left))"])
    } else {
      table.append(["Unlocked until", "not unlocked"])
    }
    return table.lines(indent: 0).map { DisplayText.sanitized($0) + "\n" }.joined()
  }

  /// One JSON object.
  package var json: String {
    var members = [
      ("keyring", JSONText.string(condition.backend)), ("place", JSONText.string(condition.place)),
    ]
    if let reason = condition.standsInBecause {
      members.append(("stands_in_because", JSONText.string(reason)))
    }
    if let isLocked = condition.isLocked { members.append(("locked", isLocked ? "true" : "false")) }
    if let entries = condition.entries { members.append(("entries", "\(entries.count)")) }
    if let until = condition.unlockedUntil {
      members.append(("unlocked_until", JSONText.string(Timestamp.rfc3339(until))))
    }
    return JSONText.indented(JSONText.object(members))
  }
}
