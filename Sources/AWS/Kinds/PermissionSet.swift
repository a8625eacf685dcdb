import Core
import Model

extension Kind {
  /// `aws/permission-set`: a permission set in an account.
  static let permissionSet = Kind(
    "aws/permission-set", .identity, summary: "A permission set in an account.",
    fields: [
      Field("principal.name", .text, required: true, "Name of the permission set."),
      Field("principal.account.id", .accountID, "The account, by number."),
      Field("principal.account.name", .text, "The account, by name, when no number is given."),
      Field("principal.region", .region, "Region that tools use; default: the provider's."),
      Field(
        "spec.endpoint_url", .url, "Read by atmos; here the provider's address is what counts."),
      Field("credentials.aws.resolver.url", .url, "The older spelling of `spec.endpoint_url`."),
    ], via: .providerRequired, gives: .keys, takes: [.portalToken],
    // Trap 26 of docs/traps.md: its session is one of a role from the portal.
    takesConsoleDuration: false,
    check: { definition in
      let account = ["id", "name"].map { definition.node["principal", "account", $0] }
      guard account.allSatisfy({ ($0?.text ?? "").isEmpty && $0?.expression == nil }) else {
        return []
      }
      return [
        Diagnostic(
          .error,
          "identity `\(definition.name)`: `principal.account.id` or `principal.account.name` is "
            + "missing", mark: definition.mark,
          suggestion: "such as `account: { id: \"123456789012\" }`", code: "missing-field")
      ]
    },
    makeSource: { definition throws(AuthError) in try PermissionSetSource(definition) })
}

/// Gets keys of a permission set's role.
struct PermissionSetSource: CredentialSource {
  private let name: String
  private let role: String
  private let accountID: String?
  private let accountName: String?
  private let region: String?
  private let endpointURL: String?

  let traits: [Trait]

  /// How long it lasts was decided by whoever made the permission set.
  func expectation(after upstream: String?) -> Expectation {
    Expectation(note: AWSKeys.Origin.role.rawValue)
  }

  init(_ definition: Definition) throws(AuthError) {
    guard let role = definition.text("principal", "name") else {
      throw definition.broken("`principal.name` is missing or empty")
    }
    name = definition.name
    self.role = role
    accountID = definition.text("principal", "account", "id")
    accountName = definition.text("principal", "account", "name")
    guard accountID != nil || accountName != nil else {
      throw definition.broken("`principal.account.id` or `principal.account.name` is missing")
    }
    region = definition.text("principal", "region")
    endpointURL = definition.endpointURL

    var traits = [Trait("permission_set", role)]
    if let accountID {
      traits.append(Trait("account", accountID))
    } else if let accountName {
      traits.append(Trait("account_name", accountName))
    }
    if let region { traits.append(Trait("region", region)) }
    self.traits = traits
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    guard let upstream = request.upstream, let token = upstream.bearer else {
      throw AuthError(
        .badConfiguration,
        "identity `\(name)` is a permission set, but the link before it gives no token",
        hints: ["point `via.provider` of `\(name)` at an `aws/iam-identity-center` provider"])
    }
    if let endpointURL, endpointURL != token.endpoint {
      throw AuthError(
        .badConfiguration,
        "identity `\(name)`: the provider's token is not sent to `\(endpointURL)`",
        hints: ["set `spec.endpoint_url` on the provider, and take it away here"])
    }
    let portal = try SSOPortalClient(of: upstream, token, effects: request.effects)
    let lookup = AccountLookup(portal: portal, identity: name, role: role)
    let account: String
    if let accountID {
      account = accountID
    } else {
      account = try await lookup.account(named: accountName ?? "")
    }
    do {
      let issued = try await portal.keys(account: account, role: role)
      return Credential(
        .aws(issued.keys), issuedAt: request.effects.now(), expiresAt: issued.expiresAt,
        region: region ?? upstream.region, account: account)
    } catch {
      throw await lookup.error(for: error, account: account)
    }
  }
}
