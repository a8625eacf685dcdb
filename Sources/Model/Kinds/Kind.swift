public import Core

/// What a provider, identity or integration of one kind looks like and does.
///
/// A kind is one value in one file: the fields it accepts, what it may depend on (`via`), what is
/// checked beyond the fields' types, and how it gets a credential or sets something up. `validate`, the documentation
/// and the resolver all read it, so that none of them knows kinds by name.
public struct Kind: Sendable {
  /// What configuration files call the kind, such as `aws/assume-role`.
  public var name: String
  /// Where in the configuration the kind may be used.
  public var section: Section
  /// One line for people: what it gives.
  public var summary: String
  /// The fields it reads, beyond those that every provider or identity has.
  public var fields: [Field]
  /// What the definition may depend on.
  public var via: Via
  /// What the next link of a chain gets from it; `nil` where that is not known beforehand.
  public var gives: Handover?
  /// What it needs of the link before it, any of these, the usual one first; empty for kinds that
  /// look at it when they get it.
  public var takes: [Handover]
  /// Whether results may be remembered between processes.
  ///
  /// `false` for kinds whose principal is whatever the surroundings offer at the moment.
  public var isRemembered: Bool
  /// Whether the shell is left as it is, apart from regions: nothing set, nothing unset.
  public var isAmbient: Bool
  /// Whether a definition of an ambient kind changes the shell all the same, as any other identity
  /// does: it names one place, and programs might find something at another one.
  public var isDelivered: @Sendable (Definition) -> Bool
  /// The name of the ``Cloud`` it belongs to, which the registry fills in; `nil` for kinds of none.
  public var cloud: String?
  /// The variables that say the region, for a kind of no cloud.
  public var regionVariables: [String]
  /// What a definition says of an identity, where its cloud does not know.
  public var identitySummary: (@Sendable (Definition) -> IdentitySummary)?
  /// Whether a person stores long-lived keys for an identity of the kind.
  public var storesKeys: Bool
  /// Whether the cloud's console lets a session of the kind last for another time than its own.
  public var takesConsoleDuration: Bool
  /// Whether atmos does not know the kind: it refuses a configuration with one under
  /// `auth.providers` or `auth.identities`, and ignores those under `auth.extensions`.
  public var isOurs: Bool
  /// Whether its credentials are made up, so that no service takes them.
  public var isMadeUp: Bool
  /// What lists show as the provider of an identity that depends on nothing.
  public var listedProvider: String?
  /// The device whose codes a login with a definition may ask for, by the name that `mfa add --device`
  /// takes; `nil` for kinds that ask for none, or whose definitions name it.
  public var codeDevice: (@Sendable (Definition) -> String?)?
  /// Checks beyond the fields' own, such as "one of these two".
  public var check: @Sendable (Definition) -> [Diagnostic]
  /// Makes the link; `nil` when this release cannot log in with the kind yet.
  public var makeSource: (@Sendable (Definition) throws(AuthError) -> any CredentialSource)?
  /// Makes what is set up after a login; `nil` for other kinds, and for those that this release
  /// cannot set up yet.
  public var makeIntegration: (@Sendable (Definition) throws(AuthError) -> any Integration)?

  /// Creates a kind.
  public init(
    _ name: String, _ section: Section, summary: String, fields: [Field] = [], via: Via = .any,
    gives: Handover? = nil, takes: [Handover] = [],
    isRemembered: Bool = true, isAmbient: Bool = false,
    isDelivered: @escaping @Sendable (Definition) -> Bool = { _ in false }, cloud: String? = nil,
    regionVariables: [String] = [],
    identitySummary: (@Sendable (Definition) -> IdentitySummary)? = nil,
    storesKeys: Bool = false, takesConsoleDuration: Bool = true, isOurs: Bool = false,
    isMadeUp: Bool = false,
    listedProvider: String? = nil, codeDevice: (@Sendable (Definition) -> String?)? = nil,
    check: @escaping @Sendable (Definition) -> [Diagnostic] = { _ in [] },
    makeSource: (@Sendable (Definition) throws(AuthError) -> any CredentialSource)? = nil,
    makeIntegration: (@Sendable (Definition) throws(AuthError) -> any Integration)? = nil
  ) {
    self.name = name
    self.section = section
    self.summary = summary
    self.fields = fields
    self.via = via
    self.gives = gives
    self.takes = takes
    self.isRemembered = isRemembered
    self.isAmbient = isAmbient
    self.isDelivered = isDelivered
    self.cloud = cloud
    self.regionVariables = regionVariables
    self.identitySummary = identitySummary
    self.storesKeys = storesKeys
    self.takesConsoleDuration = takesConsoleDuration
    self.isOurs = isOurs
    self.isMadeUp = isMadeUp
    self.listedProvider = listedProvider
    self.codeDevice = codeDevice
    self.check = check
    self.makeSource = makeSource
    self.makeIntegration = makeIntegration
  }

  /// Where in the configuration a kind may be used.
  public enum Section: String, Sendable, Hashable {
    /// Under `auth.providers`.
    case provider
    /// Under `auth.identities`.
    case identity
    /// Under `auth.integrations`.
    case integration
  }

  /// What one link of a chain hands to the next, as far as it decides which links fit.
  public enum Handover: String, Sendable, Hashable {
    /// Keys that sign requests.
    case keys
    /// The token of a login to a portal, for which the portal gives keys.
    case portalToken = "a login to a portal"
    /// A signed token that says who a job is, which clouds exchange; see ``IdentityToken``.
    case identityToken = "an identity token"
    /// The signed answer of a SAML identity provider, for which AWS gives keys of a role.
    case assertion = "a SAML assertion"
    /// Nothing: tools find something by themselves.
    case nothing
  }

  /// What a definition may depend on.
  public enum Via: Sendable, Hashable {
    /// A provider or an identity, exactly one of them, is needed.
    case required
    /// A provider is needed; an identity will not do.
    case providerRequired
    /// Either, or nothing.
    case any
    /// Nothing: it starts a chain.
    case forbidden
  }
}
