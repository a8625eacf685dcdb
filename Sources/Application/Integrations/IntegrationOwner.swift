import AuthConfiguration

/// Whose something is that was set up: what a logout of the identity takes back, whatever the
/// configuration says by then.
struct IntegrationOwner: Equatable {
  /// The realm of the configuration.
  var realm: String
  /// The identity.
  var identity: String
  /// The integration; the host of a registry where a person named that.
  var integration: String
}

/// What a logout takes back.
enum TakenBack {
  /// What belongs to some identities of a realm.
  case identities([String], realm: String)
  /// What belongs to a realm.
  case realm(String)
  /// Everything.
  case everything

  /// Whether it covers what an identity of a realm has; `nil` for an owner that is not known.
  func covers(_ owner: (realm: String, identity: String)?) -> Bool {
    switch (self, owner) {
    case (.everything, _): true
    case (.realm(let realm), let owner?): owner.realm == realm
    case (.identities(let names, let realm), let owner?):
      owner.realm == realm
        && names.contains { $0.lowercased() == owner.identity.lowercased() }
    case (_, nil): false
    }
  }
}

extension CommandContext {
  /// The realm that options lead to, which records of earlier releases have in its place.
  func realm(of words: [String], identity: String) -> String? {
    let flags = ConfigurationFlags(words: words, identity: identity)
    return try? next(flags).configuration.catalog().realm
  }
}
