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
      let idle = TokenOrigin.idleFields(of: definition).map { field, needs in
        definition.fault(
          .warning, ["spec", field], "`spec.\(field)` has no effect without `spec.\(needs)`")
      }
      do throws(TokenOrigin.Fault) {
        _ = try TokenOrigin(definition)
        return idle
      } catch {
        // The field's own check lists the names.
        if error.field == "preset" { return idle }
        let path = ["spec"] + (error.field.map { [$0] } ?? [])
        return [definition.fault(.error, path, error.what, suggestion: error.hint)] + idle
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
    do throws(TokenOrigin.Fault) {
      origin = try TokenOrigin(definition)
    } catch {
      throw definition.broken(error.what, hint: error.hint)
    }
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
