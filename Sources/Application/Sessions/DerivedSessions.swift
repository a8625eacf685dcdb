import AuthConfiguration
import Core
import Model
import Sessions

/// The sessions that were made from an identity's, link by link.
struct DerivedSessions: Sendable {
  var catalog: Catalog
  var store: SessionStore

  /// Ends those that were made with an identity's keys; with `exceptOwn` the identity's own stays.
  ///
  /// - Returns: How many there were.
  /// - Throws: ``AuthError`` with code `system` if one cannot be removed.
  func end(withKeysOf identity: String, exceptOwn: Bool) async throws(AuthError) -> Int {
    let name = identity.lowercased()
    var count = 0
    for record in catalog.identities {
      let isOwn = record.name.lowercased() == name
      let isBased = record.chain.contains {
        $0.section == .identity && $0.name.lowercased() == name
      }
      guard isOwn ? !exceptOwn : isBased else { continue }
      if try await store.remove(realm: catalog.realm, identity: record.name) { count += 1 }
    }
    return count
  }
}
