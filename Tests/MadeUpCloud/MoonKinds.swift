import Core
import Model

extension Kind {
  static let visa = Kind(
    "moon/visa", .provider, summary: "A login at the moon's gate.",
    fields: [Field("gate", .text, required: true, "Which gate.")], via: .forbidden,
    makeSource: { definition in VisaSource(gate: definition.text("gate") ?? "") })

  static let base = Kind(
    "moon/base", .identity, summary: "A base on the moon.",
    fields: [
      Field("principal.crater", .text, required: true, "Where it is."),
      Field("principal.rank", .text, "As whom to enter it."),
      Field("principal.region", .text, "The sea it is at."),
    ], via: .providerRequired,
    makeSource: { definition in
      BaseSource(
        crater: definition.text("principal", "crater") ?? "",
        sea: definition.text("principal", "region"))
    })

  static let flag = Kind(
    "moon/flag", .integration, summary: "A flag on a base.",
    fields: [Field("spec.path", .text, required: true, "The file that is the flag.")],
    via: .required,
    makeIntegration: { definition throws(AuthError) in
      guard let path = definition.text("spec", "path") else {
        throw definition.broken("`spec.path` is missing or empty")
      }
      return Flag(path: path)
    })
}

/// Gets visas, one for all who ask at the same gate.
struct VisaSource: CredentialSource {
  var gate: String
  var traits: [Trait] { [Trait("gate", gate)] }
  var sharedLogin: String? { "moon-gate" }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    let now = request.effects.now()
    return Credential(
      .opaque(
        OpaqueCredential(format: MoonPass.visa, parts: [.init(MoonPass.secret, Secret("visa"))])),
      issuedAt: now, expiresAt: now.advanced(bySeconds: 7200))
  }

  func end(_ credential: Credential, effects: Effects) async throws(AuthError) -> Bool {
    try await Cloud.moon.endLogin(credential, effects)
  }
}

/// Opens a base with a visa.
struct BaseSource: CredentialSource {
  var crater: String
  var sea: String?
  var traits: [Trait] { [Trait("crater", crater)] }

  func expectation(after upstream: String?) -> Expectation { Expectation(lifetime: 1800) }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    guard request.upstream?.opaque?.format == MoonPass.visa else {
      throw AuthError(.badConfiguration, "the base in \(crater) opens to visas only")
    }
    let now = request.effects.now()
    return Credential(
      .opaque(
        OpaqueCredential(
          format: MoonPass.pass, parts: [.init(MoonPass.secret, Secret("pass-to-\(crater)"))])),
      issuedAt: now, expiresAt: now.advanced(bySeconds: 1800), region: sea, account: crater)
  }
}

/// Hoists a flag.
struct Flag: StandaloneIntegration {
  var path: String
  var environment: [VariableChange] { [.set("MOON_FLAG", to: path)] }
  var repeatCommand: [String]? { ["moon", "hoist"] }

  func setUp(_ request: IntegrationRequest) async throws(AuthError) -> String {
    guard request.credential.moonPass != nil else {
      throw AuthError(.refused, "only a base hoists a flag")
    }
    try FileSystem.writeAtomically(path, Array("\(request.identity)\n".utf8))
    return "Hoisted the flag at \(path)"
  }

  func takeBack(_ effects: Effects) async throws(AuthError) -> String? {
    try FileSystem.remove(path) ? "Lowered the flag at \(path)" : nil
  }
}
