import Core
import Model

extension Kind {
  /// `web/oidc`: an identity token from wherever a job or workload finds it.
  static let webOIDC = Kind(
    "web/oidc", .provider, summary: "An identity token from a file, variable, address or command.",
    fields: [
      Field("spec.token_file", .text, "File with the token; read each time."),
      Field("spec.token_env", .text, "Variable with the token."),
      Field("spec.token_url", .text, "Address that gives the token."),
      Field("spec.token_command", .texts, "Command that prints the token: a list of words."),
      Field(
        "spec.token_headers", .map, secret: true,
        "Headers for `token_url`; best with `!env`."),
      Field(
        "spec.token_field", .text,
        "Member of the JSON answer of `token_url` that is the token; default `value`."),
      Field("spec.preset", .oneOf(TokenPreset.names), "Where one of these platforms has it."),
      Field("spec.audience", .text, "Whom the token is for; another token is refused."),
      Field(
        "spec.service_connection", .text,
        "Id of the service connection, for the preset `azure-devops`."),
      Field("region", .text, "Region for the rest of the chain."),
    ], via: .forbidden, gives: .identityToken, isRemembered: false, isOurs: true,
    check: { definition in
      do throws(AuthError) {
        _ = try TokenOrigin(definition)
        return []
      } catch {
        return [
          Diagnostic(
            .error, error.message, mark: definition.place("spec"), suggestion: error.hints.first)
        ]
      }
    },
    makeSource: { definition throws(AuthError) in try WebOIDCSource(definition) })
}

/// Takes an identity token from its place, each time one is needed.
struct WebOIDCSource: CredentialSource {
  private let name: String
  private let origin: TokenOrigin
  private let audience: String?
  private let region: String?

  init(_ definition: Definition) throws(AuthError) {
    name = definition.name
    origin = try TokenOrigin(definition)
    audience = definition.text("spec", "audience")
    region = definition.text("region")
  }

  var traits: [Trait] {
    [Trait("token", origin.description)] + (audience.map { [Trait("audience", $0)] } ?? [])
      + (region.map { [Trait("region", $0)] } ?? [])
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    let effects = request.effects
    let reader = TokenReader(subject: "provider `\(name)`", audience: audience, effects: effects)
    let token = try await reader.token(from: origin)
    if let audience, let claims = token.claims, !claims.audiences.contains(audience) {
      throw AuthError(
        .refused, "provider `\(name)`: the token is not for audience `\(audience)`",
        hints: ["the token says: \(claims.line)"])
    }
    return token.credential(issuedAt: effects.now(), region: region)
  }
}
