/// A device whose code is wanted.
public struct CodeRequest: Sendable, Hashable {
  /// What its codes look like.
  public enum Form: Sendable, Hashable {
    /// Six digits, as apps make them.
    case sixDigits
    /// Anything: an app's code, or that of a token.
    case any
    /// Anything that a token shows or types; no seed makes it.
    case token
  }

  /// Its ARN or serial number.
  public var device: String
  /// What the code is for.
  public var section: Kind.Section
  /// The name of the identity or provider that the code is for.
  public var name: String
  /// Where codes come from, in order; `nil` for the usual places.
  public var sources: [CodeSource]?
  /// Whether a code works more than once, as those of the mock cloud do.
  public var isReusable: Bool
  /// What its codes look like.
  public var form: Form

  /// Creates a request for an identity.
  public init(
    device: String, identity: String, sources: [CodeSource]?, isReusable: Bool = false
  ) {
    self.device = device
    section = .identity
    name = identity
    self.sources = sources
    self.isReusable = isReusable
    form = .sixDigits
  }

  /// Creates a request for a provider.
  public init(provider: String, sources: [CodeSource]?, form: Form) {
    device = Self.device(ofProvider: provider)
    section = .provider
    name = provider
    self.sources = sources
    isReusable = false
    self.form = form
  }
}

extension CodeRequest {
  /// The name of the device whose codes a provider's pages ask for.
  public static func device(ofProvider name: String) -> String { "saml/\(name)" }

  /// The identity or provider, for messages.
  public var subject: String { "\(section.rawValue) `\(name)`" }

  /// The words after the program's name that log in where the code is needed.
  public var loginWords: [String] { ["login", section == .provider ? "--provider" : "-i", name] }

  /// The words after the program's name that store the device's seed.
  public var seedWords: [String] {
    section == .provider ? ["mfa", "add", "--device", device] : ["mfa", "add", "-i", name]
  }
}
