public import Model

/// A link of a chain by name.
public struct ChainStepRecord: Sendable, Hashable {
  /// The provider's or identity's name, original case.
  public var name: String
  /// Which of the two it is.
  public var section: Kind.Section
  /// Its kind.
  public var kind: String
}

/// An identity as commands need it, without its definition and without secrets.
public struct IdentityRecord: Sendable {
  /// The name, original case.
  public var name: String
  /// The kind as written; empty when missing.
  public var kind: String
  /// The name of its ``Model/Cloud``; `nil` for kinds of none, and for unknown ones.
  public var cloud: String?
  /// The other name that is accepted for it.
  public var alias: String?
  /// `via.provider`.
  public var viaProvider: String?
  /// `via.identity`.
  public var viaIdentity: String?
  /// The chain, root first, this identity last; empty when there is none.
  public var chain: [ChainStepRecord] = []
  /// `default`.
  public var isDefault = false
  /// `required`, which concerns atmos' components.
  public var isRequired = false
  /// `protected`: `cd` alone never activates it.
  public var isProtected = false
  /// `mfa.policy`, `mfa.max_age` and `mfa.unattended`.
  public var mfa = MFAPolicy()
  /// `idle`: for how many seconds the session of a protected identity is kept without being used.
  public var idle: Int64?
  /// Whether it leaves the shell as it is.
  public var isAmbient = false
  /// Whether its chain starts with what the surroundings offer.
  public var startsAmbient = false
  /// Whether a session may be remembered: of every link's kind.
  public var isRemembered = true
  /// Whether a link's keys are in the keyring, where every new session reads them.
  public var usesStoredKeys = false
  /// Whether this release can log in with every kind of the chain.
  public var isSupported = true
  /// Whether an error touches the chain; ``FullConfiguration/chain(for:kinds:commands:)`` says which.
  public var hasErrors = false
  /// Whether everything here is known.
  ///
  /// It is `false` when something depends on the output of `!exec`, which only
  /// ``FullConfiguration`` runs.
  public var isStable = true
  /// `tags`.
  public var tags: [String] = []
  /// The region of the identity, or else the nearest one up the chain.
  public var region: String?
  /// The account of the identity, as far as the configuration says it.
  public var account: String?
  /// Who it is in the cloud, in one text: a role's ARN, a permission set and its account.
  public var principal: String?
  /// What lists show as its provider when it depends on nothing; see ``Model/Kind/listedProvider``.
  public var listedProvider: String?
  /// The variables of `env`.
  ///
  /// Values from `!exec` are missing, and ``isStable`` is `false` then.
  public var environment: [(name: String, value: String)] = []
  /// What the integrations that belong to it set; ``environment`` beats it.
  public var integrationEnvironment: [(name: String, value: String)] = []
  /// What those of its ``offers`` set, once they are allowed.
  public var offeredEnvironment: [(name: String, value: String)] = []
  /// The digest of the session of the whole chain in 64 hexadecimal digits; empty when the identity
  /// cannot be used or ``isStable`` is `false`.
  public var sessionDigest = ""
  /// The definition as JSON on one line, secrets masked.
  public var maskedJSON = "{}"

  /// Whether the person's own files alone say the same of every link of the chain; then nothing in it
  /// has to be allowed.
  public var isOwn = false
  /// The integrations that a checkout adds to it, if it is the person's own without them; they need
  /// allowing, and it does not.
  public var offers: [String] = []
  /// Whether it takes the place of an identity of the person's own that does something else.
  public var replacesOwn = false
  /// The name of one of the person's own for the same account and principal that is restrained by
  /// more, if there is one and this is a checkout's.
  public var loosensOwn: String?

  /// What `allow` covers of this definition alone.
  var traits: [String] = []
}

/// A provider as commands need it, without secrets.
public struct ProviderRecord: Sendable {
  /// The name, original case.
  public var name: String
  /// The kind as written; empty when missing.
  public var kind: String
  /// `default`.
  public var isDefault = false
  /// Whether this release can log in with the kind.
  public var isSupported = true
  /// Whether an error touches it.
  public var hasErrors = false
  /// `tags`.
  public var tags: [String] = []
  /// `region`.
  public var region: String?
  /// `start_url` or `url`.
  public var url: String?
  /// The definition as JSON on one line, secrets masked.
  public var maskedJSON = "{}"
  /// Whether the person's own files alone say the same.
  public var isOwn = false
  /// The integrations that a checkout adds to it, if it is the person's own without them.
  public var offers: [String] = []

  var traits: [String] = []
}

/// An integration as commands need it.
public struct IntegrationRecord: Sendable {
  /// The name, original case.
  public var name: String
  /// The kind as written; empty when missing.
  public var kind: String
  /// `via.provider`.
  public var viaProvider: String?
  /// `via.identity`.
  public var viaIdentity: String?
  /// The definition as JSON on one line, secrets masked.
  public var maskedJSON = "{}"
}

/// What a person's `allow` of an identity covers.
public struct TrustDescription: Sendable, Equatable {
  /// The SHA-256 of ``traits`` in 64 hexadecimal digits.
  public var fingerprint: String
  /// One line for each thing that using the identity would do, for people to read and compare.
  public var traits: [String]

  /// Describes something by lines as in ``traits``.
  public init(traits: [String]) {
    self.init(fingerprint: Self.fingerprint(of: traits), traits: traits)
  }

  init(fingerprint: String, traits: [String]) {
    (self.fingerprint, self.traits) = (fingerprint, traits)
  }

  /// The fingerprint of lines as in ``traits``.
  public static func fingerprint(of traits: [String]) -> String { TrustTraits.fingerprint(traits) }
}
