import Core
import Model

/// Signs in at a SAML identity provider.
struct SAMLSource: CredentialSource {
  /// The provider's name.
  let name: String
  /// Where one signs in.
  let page: String
  private let region: String
  private let seconds: Int64?
  private let endpointURL: String?

  /// How one signs in is not among them: it changes nothing about the assertion.
  let traits: [Trait]

  init(_ definition: Definition) throws(AuthError) {
    guard let page = definition.text("url") else {
      throw definition.broken(
        "`url` is missing or empty",
        hint: "it is the address of the AWS application at the identity provider")
    }
    guard let region = definition.text("region") else {
      throw definition.broken("`region` is missing or empty", hint: "its STS is called")
    }
    name = definition.name
    self.page = page
    self.region = region
    seconds = definition.seconds("session", "duration")
    endpointURL =
      definition.text("spec", "endpoint_url") ?? definition.text("spec", "aws", "resolver", "url")
    var traits = [Trait("url", page), Trait("region", region)]
    if let user = definition.shownText("username") { traits.append(Trait("username", user)) }
    if let seconds { traits.append(Trait("duration", String(seconds))) }
    if let endpointURL { traits.append(Trait("endpoint", endpointURL)) }
    self.traits = traits
  }

  func personNeed(after previous: Credential?, effects: Effects) async -> PersonNeed {
    PersonNeed(atTerminalOf: effects)
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    let encoded = try await PastedResponse(
      provider: name, page: page, loginCommand: request.loginCommand
    ).response(request.effects)
    let response: SAMLResponse
    do {
      response = try SAMLResponse(encoded)
    } catch {
      throw error.error(of: name)
    }
    return SAMLAssertion(
      provider: name, response: encoded, seconds: seconds, endpointURL: endpointURL
    ).credential(
      issuedAt: request.effects.now(), lifetime: response.lifetime, region: region)
  }
}
