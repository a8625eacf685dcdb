import Core
import Keyrings
import Model
import Sessions

/// The keyrings that were opened, each with the sessions that are sealed with it.
///
/// One for each setting and for as long as the process lives: what was unlocked stays so, and what
/// a keyring in memory holds is nowhere else.
final class OpenedKeyrings {
  struct Opened {
    var settings: KeyringFactory.Settings
    var keyring: any InspectableKeyring
    var store: SessionStore
  }

  private var all: [Opened] = []

  /// The one with such settings; `make` opens it if it is not open.
  func opened(
    _ settings: KeyringFactory.Settings, _ make: () throws(AuthError) -> Opened
  ) throws(AuthError) -> Opened {
    if let known = all.first(where: { $0.settings == settings }) { return known }
    let new = try make()
    all.append(new)
    return new
  }

  /// What the open ones know of an identity's session; `nil` if that is nothing.
  func facts(realm: String, identity: String) -> Facts? {
    for opened in all {
      if let facts = opened.store.facts(realm: realm, identity: identity) { return facts }
    }
    return nil
  }
}
