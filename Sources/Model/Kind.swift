public import Core

/// What a provider, identity or integration of one kind looks like and does.
///
/// A kind is one value in one file: the fields it accepts, what it may stand on (`via`), what is
/// checked beyond the fields' types, and how it gets a credential. `validate`, the documentation
/// and the resolver all read it, so that none of them knows kinds by name.
public struct Kind: Sendable {
  /// What configuration files call the kind, such as `aws/assume-role`.
  public var name: String
  /// Where in the configuration the kind may be used.
  public var role: Role
  /// One line for people: what it gives.
  public var summary: String
  /// The fields it reads, beyond those that every provider or identity has.
  public var fields: [Field]
  /// What the definition may stand on.
  public var via: Via
  /// Whether results may be remembered between processes.
  ///
  /// `false` for kinds whose principal is whatever the surroundings offer at the moment.
  public var isRemembered: Bool
  /// Whether the shell is left as it is, apart from regions: nothing set, nothing unset.
  public var isAmbient: Bool
  /// Checks beyond the fields' own, such as "one of these two".
  public var check: @Sendable (Definition) -> [Diagnostic]
  /// Makes the link; `nil` when this release cannot log in with the kind yet.
  public var makeSource: (@Sendable (Definition) throws(AuthError) -> any CredentialSource)?

  /// Creates a kind.
  public init(
    _ name: String, _ role: Role, summary: String, fields: [Field] = [], via: Via = .any,
    isRemembered: Bool = true, isAmbient: Bool = false,
    check: @escaping @Sendable (Definition) -> [Diagnostic] = { _ in [] },
    makeSource: (@Sendable (Definition) throws(AuthError) -> any CredentialSource)? = nil
  ) {
    self.name = name
    self.role = role
    self.summary = summary
    self.fields = fields
    self.via = via
    self.isRemembered = isRemembered
    self.isAmbient = isAmbient
    self.check = check
    self.makeSource = makeSource
  }

  /// Where in the configuration a kind may be used.
  public enum Role: String, Sendable, Hashable {
    /// Under `auth.providers`.
    case provider
    /// Under `auth.identities`.
    case identity
    /// Under `auth.integrations`.
    case integration
  }

  /// What a definition may stand on.
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

/// A field that a kind reads.
public struct Field: Sendable {
  /// The keys from the definition down, such as `["principal", "assume_role"]`.
  public var path: [String]
  /// What the value has to look like.
  public var type: FieldType
  /// Whether a definition without it is an error.
  public var isRequired: Bool
  /// Whether it must never be shown.
  public var isSecret: Bool
  /// One line for the reference page.
  public var summary: String

  /// Creates a field from its dotted path.
  public init(
    _ path: String, _ type: FieldType, required: Bool = false, secret: Bool = false,
    _ summary: String
  ) {
    self.path = path.split(separator: ".").map(String.init)
    self.type = type
    self.isRequired = required
    self.isSecret = secret
    self.summary = summary
  }
}

/// What a field's value has to look like.
public enum FieldType: Sendable, Hashable {
  /// Any text that is not empty.
  case text
  /// `true` or `false`.
  case bool
  /// A list of texts.
  case texts
  /// A map from text to text.
  case map
  /// Anything; the kind's `check` looks at it.
  case any
  /// Seconds, or a Go duration such as `1h30m`, or days such as `2d`.
  case duration
  /// A cloud region, such as `eu-west-1`.
  case region
  /// An absolute `http` or `https` address.
  case url
  /// Twelve digits, quoted or not.
  case accountID
  /// An ARN of the given service, and resource type when one is given: `("iam", "role")`.
  case arn(service: String, resource: String?)
  /// One of these words.
  case oneOf([String])
}

/// One entry under `auth.providers`, `auth.identities` or `auth.integrations`.
public struct Definition: Sendable {
  /// The name as written, original case.
  public var name: String
  /// Which section it stands in.
  public var role: Kind.Role
  /// The text of `kind`, empty when missing.
  public var kind: String
  /// The whole entry.
  public var node: ConfigNode
  /// Where the name stands.
  public var mark: SourceMark

  /// Creates a definition.
  public init(
    name: String, role: Kind.Role, kind: String, node: ConfigNode, mark: SourceMark
  ) {
    self.name = name
    self.role = role
    self.kind = kind
    self.node = node
    self.mark = mark
  }

  /// `via.provider`, as written.
  public var viaProvider: String? { node["via", "provider"]?.text }
  /// `via.identity`, as written.
  public var viaIdentity: String? { node["via", "identity"]?.text }
}

/// The kinds that this build knows.
public struct KindRegistry: Sendable {
  private struct Key: Hashable {
    var name: String
    var role: Kind.Role
  }

  private let kinds: [Key: Kind]

  /// Creates a registry; of two kinds with one name and role the later one counts.
  public init(_ kinds: [Kind]) {
    self.kinds = Dictionary(
      kinds.map { (Key(name: $0.name, role: $0.role), $0) }, uniquingKeysWith: { $1 })
  }

  /// The kind called `name` in section `role`, or `nil`.
  public func kind(_ name: String, _ role: Kind.Role) -> Kind? {
    kinds[Key(name: name, role: role)]
  }

  /// The names of all kinds of a section, sorted.
  public func names(_ role: Kind.Role) -> [String] {
    kinds.values.filter { $0.role == role }.map(\.name).sorted()
  }
}
