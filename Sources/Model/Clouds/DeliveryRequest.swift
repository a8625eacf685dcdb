/// What a cloud is given to write the files from which its tools get credentials that renew.
public struct DeliveryRequest {
  /// An identity of the configuration.
  public struct Identity: Sendable {
    /// Its name, original case.
    public var name: String
    /// Another name that leads to it and to no other identity.
    public var alias: String?
    /// Its region, when one is known.
    public var region: String?
    /// Whether it leaves credentials to the surroundings.
    public var isAmbient: Bool
    /// The fingerprint that what is handed out is bound to; `nil` for the person's own configuration,
    /// which is followed as it changes.
    public var fingerprint: String?

    /// Creates an identity.
    public init(
      name: String, alias: String?, region: String?, isAmbient: Bool, fingerprint: String? = nil
    ) {
      self.fingerprint = fingerprint
      self.name = name
      self.alias = alias
      self.region = region
      self.isAmbient = isAmbient
    }
  }

  /// The name of the identity that is delivered.
  public var identity: String
  /// The directory for the files: this cloud's and this configuration's own.
  public var directory: String
  /// What the files are made from, as one text: while it stays the same, they stay right.
  public var source: String
  /// The absolute path of this program.
  public var program: String
  /// The arguments that make our commands use the same configuration anywhere.
  public var arguments: [String]
  /// All identities of this cloud in the configuration; asked for when files are to be written.
  public var identities: () -> [Identity]

  /// Creates a request.
  public init(
    identity: String, directory: String, source: String, program: String, arguments: [String],
    identities: @escaping () -> [Identity]
  ) {
    self.identity = identity
    self.directory = directory
    self.source = source
    self.program = program
    self.arguments = arguments
    self.identities = identities
  }
}
