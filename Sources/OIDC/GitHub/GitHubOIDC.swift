import Core
import Model

extension Kind {
  /// `github/oidc`: who a job of GitHub Actions is.
  static let gitHubOIDC = Kind(
    "github/oidc", .provider, summary: "The token that GitHub Actions gives to a job.",
    fields: [
      Field(
        "spec.audience", .text, required: true,
        "Whom the token is for: `sts.amazonaws.com` for AWS."),
      Field(
        "spec.allowed_hosts", .texts,
        "Hosts that may be asked for the token, besides GitHub's own. Not read by atmos."),
      Field("region", .text, "Region for the rest of the chain."),
    ], via: .forbidden, gives: .identityToken, isRemembered: false,
    check: { definition in
      definition.texts("spec", "allowed_hosts").compactMap { host in
        HostRule(host) == nil
          ? definition.fault(
            .error, ["spec", "allowed_hosts"],
            "`\(DisplayText.sanitized(host, limit: 80))` is not a host name",
            suggestion: "write `github.example.com`, without a scheme, port or path")
          : nil
      }
    },
    makeSource: { definition throws(AuthError) in try GitHubOIDCSource(definition) })
}

/// Asks GitHub Actions for the job's token, each time one is needed.
struct GitHubOIDCSource: CredentialSource {
  private let name: String
  private let audience: String
  private let region: String?
  private let allowedHosts: [String]

  init(_ definition: Definition) throws(AuthError) {
    guard let audience = definition.text("spec", "audience") else {
      throw definition.broken(
        "`spec.audience` is missing or empty", hint: "for AWS it is `sts.amazonaws.com`")
    }
    name = definition.name
    self.audience = audience
    region = definition.text("region")
    allowedHosts = definition.texts("spec", "allowed_hosts")
  }

  var traits: [Trait] {
    [Trait("audience", audience)] + (region.map { [Trait("region", $0)] } ?? [])
      + allowedHosts.map { Trait("allowed_host", $0) }
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    let service = try GitHubTokenService(
      provider: name, allowedHosts: allowedHosts, effects: request.effects)
    let token = try await service.token(audience: audience)
    return token.credential(issuedAt: request.effects.now(), region: region)
  }
}
