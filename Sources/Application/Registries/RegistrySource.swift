import Core
import Model
import Sessions

/// The password of a registry as a link, so that it is kept sealed, and asked for once, like any
/// session.
struct RegistrySource: CredentialSource {
  /// The registry's host.
  var host: String
  /// The identity's name.
  var identity: String
  /// The digest of the identity's session.
  var digest: String
  /// Where a new one comes from; `nil` where only a remembered one will do.
  var origin: (login: any RegistryLogin, credential: Credential)?

  var traits: [Trait] { [Trait("registry", host), Trait("session", digest)] }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    guard let origin else {
      throw AuthError(
        .loginRequired, "there is no password for \(host) as `\(identity)`",
        hints: ["run `\(request.effects.typed("login", identity))`"])
    }
    let password = try await origin.login.password(
      IntegrationRequest(
        identity: identity, credential: origin.credential, effects: request.effects))
    return password.credential(issuedAt: request.effects.now())
  }

  /// The chain that is only this link.
  ///
  /// - Parameters:
  ///   - realm: The realm of the configuration.
  ///   - isRemembered: Whether the identity's own session is.
  /// - Returns: The chain.
  func chain(realm: String, isRemembered: Bool) -> Chain {
    let kind = Kind(
      "registry", .integration, summary: "The password of a registry.",
      isRemembered: isRemembered && !digest.isEmpty)
    return Chain(
      realm: realm,
      links: [
        Link(name: Self.name(host, identity: identity), kind: kind, source: self)
      ])
  }

  /// The name that it is remembered under.
  static func name(_ host: String, identity: String) -> String { "registry:\(identity)@\(host)" }
}
