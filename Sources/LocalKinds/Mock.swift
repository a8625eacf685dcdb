import AWS
import Core
import Model

extension Kind {
  /// `mock` and `mock/aws`: credentials of no cloud, for trying things out and for tests.
  static func mock(_ name: String, _ section: Section) -> Kind {
    Kind(
      name, section, summary: "Made-up AWS keys that no cloud accepts; works offline.",
      fields: [
        Field("spec.lifetime", .duration, "How long a session lasts, more than 0; default 1 hour."),
        Field("spec.mfa", .bool, "Whether a login asks for a code; any but `000000` is right."),
        Field("spec.fail", .text, "A text with which every login is refused."),
        Field("principal.account.id", .accountID, "The account to show."),
        Field("principal.region", .region, "The region to show."),
        Field("region", .region, "The region to show, on a provider."),
        .codeSources,
      ],
      via: section == .provider ? .forbidden : .any, cloud: Cloud.aws.name, isMadeUp: true,
      check: { definition in
        var faults = definition.codeSources?.faults ?? []
        if definition.seconds("spec", "lifetime") == 0 {
          faults.append(
            definition.fault(
              .error, ["spec", "lifetime"], "`spec.lifetime` is 0: its sessions would have ended",
              suggestion: "write `1h`, or leave it out"))
        }
        return faults
      },
      makeSource: { definition in MockSource(definition) })
  }
}

/// Makes up credentials.
struct MockSource: CredentialSource {
  private let name: String
  private let section: Kind.Section
  private let lifetime: Int64
  private let asksForCode: Bool
  private let failure: String?
  private let account: String?
  private let region: String?
  private let codeSources: [CodeSource]?

  let traits: [Trait]

  func personNeed(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> PersonNeed {
    guard asksForCode else { return .unneeded }
    return await effects.codes.personNeed(for: codeRequest, effects: effects)
  }

  private var codeRequest: CodeRequest {
    CodeRequest(
      device: Self.device, identity: name, sources: codeSources, isReusable: true)
  }

  private static let device = "the mock device"

  func expectation(after upstream: String?) -> Expectation {
    Expectation(lifetime: lifetime, note: AWSKeys.Origin.role.rawValue)
  }

  init(_ definition: Definition) {
    name = definition.name
    section = definition.section
    lifetime = definition.seconds("spec", "lifetime") ?? 3600
    asksForCode = definition.node["spec", "mfa"]?.bool ?? false
    failure = definition.text("spec", "fail")
    account = definition.text("principal", "account", "id")
    region = definition.text("principal", "region") ?? definition.text("region")
    codeSources = definition.codeSources?.sources

    var traits = [Trait("lifetime", String(lifetime))]
    if let account { traits.append(Trait("account", account)) }
    if let region { traits.append(Trait("region", region)) }
    if asksForCode { traits.append(Trait("mfa", "mock")) }
    if let failure { traits.append(Trait("fail", failure)) }
    self.traits = traits
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    if let failure {
      throw AuthError(
        .refused,
        "the mock cloud refused \(section.rawValue) `\(name)`: "
          + DisplayText.sanitized(failure, limit: 200),
        hints: ["take `spec.fail` out of its definition"])
    }
    if asksForCode { try await askForCode(request.effects) }

    let effects = request.effects
    let now = effects.now()
    let account = account ?? request.upstream?.account ?? "123456789012"
    return Credential(
      .aws(
        AWSKeys(
          accessKeyID: "ASIAMOCK" + Self.letters(effects.randomBytes(12)),
          secretAccessKey: Secret("mock/secret/" + Hex.lowercase(effects.randomBytes(14))),
          sessionToken: Secret("mock-session-token-" + Hex.lowercase(effects.randomBytes(24))),
          origin: .role)),
      issuedAt: now, expiresAt: now.advanced(bySeconds: lifetime),
      region: region ?? request.upstream?.region, account: account,
      principal: "arn:aws:sts::\(account):assumed-role/mock/"
        + SessionName.cleaned(name.replacing("/", with: "-")),
      mfaAt: asksForCode ? now : nil, mfaDevice: asksForCode ? Self.device : nil)
  }

  /// A code that the mock cloud does not take.
  private struct WrongCode: Error {}

  private func askForCode(_ effects: Effects) async throws(AuthError) {
    try await SecondFactor(codeRequest, effects: effects).perform(
      refusal: { (_: WrongCode) in
        CodeRefusal(remark: "the code was not accepted; wait for the next one")
      },
      report: { _ in
        AuthError(.refused, "the mock cloud refused the codes for \(section.rawValue) `\(name)`")
      },
      { (code) async throws(WrongCode) in if code == Secret("000000") { throw WrongCode() } })
  }

  /// Letters and digits as AWS' key ids have them.
  private static func letters(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    return String(bytes.map { alphabet[Int($0 & 31)] })
  }
}
