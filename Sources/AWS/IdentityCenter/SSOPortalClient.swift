import Core
import Model

/// The access portal of IAM Identity Center: what a token opens.
///
/// Source: the service model `sso/2019-06-10` of botocore 1.43.
struct SSOPortalClient: Sendable {
  /// An account the person has something in.
  struct Account: Decodable, Equatable, Sendable {
    /// Twelve digits.
    var accountId: String
    /// What people call it; not unique.
    var accountName: String?
  }

  /// One page of a list.
  struct Page<Item: Sendable>: Sendable {
    var items: [Item]
    /// Where the next page begins; `nil` at the end.
    var next: String?
  }

  /// No organization has more pages; a service that never ends its list is not asked for ever.
  private static let mostPages = 2000

  private let client: RESTJSONClient
  private let token: Secret

  /// Creates a client for one token.
  init(_ endpoint: ServiceEndpoint, token: Secret, effects: Effects) {
    client = RESTJSONClient(endpoint, effects: effects)
    self.token = token
  }

  /// Where the service is.
  var endpoint: ServiceEndpoint { client.endpoint }

  /// A page of `ListAccounts`.
  func accounts(
    after next: String?, tries: Int? = nil
  ) async throws(CallFailure) -> Page<Account> {
    let answer: AccountsAnswer = try await client.send(
      "GET", "assignment/accounts", Self.paging(next), token: token, tries: tries)
    return Page(items: answer.accountList ?? [], next: Self.present(answer.nextToken))
  }

  /// A page of `ListAccountRoles`: names of permission sets.
  func roles(
    in account: String, after next: String?, tries: Int? = nil
  ) async throws(CallFailure) -> Page<String> {
    let answer: RolesAnswer = try await client.send(
      "GET", "assignment/roles", [(name: "account_id", value: account)] + Self.paging(next),
      token: token, tries: tries)
    return Page(
      items: (answer.roleList ?? []).map(\.roleName), next: Self.present(answer.nextToken))
  }

  /// All accounts.
  func allAccounts() async throws(CallFailure) -> [Account] {
    try await Self.all { (next) async throws(CallFailure) in try await accounts(after: next) }
  }

  /// All permission sets that the person has in an account.
  func allRoles(in account: String) async throws(CallFailure) -> [String] {
    try await Self.all { (next) async throws(CallFailure) in
      try await roles(in: account, after: next)
    }
  }

  /// All items of all pages.
  static func all<Item>(
    _ page: (String?) async throws(CallFailure) -> Page<Item>
  ) async throws(CallFailure) -> [Item] {
    var items: [Item] = []
    var next: String?
    for _ in 0..<mostPages {
      let current = try await page(next)
      items += current.items
      guard let following = current.next, following != next else { return items }
      next = following
    }
    return items
  }

  /// `GetRoleCredentials`.
  func keys(
    account: String, role: String
  ) async throws(CallFailure) -> (keys: AWSKeys, expiresAt: Instant) {
    let answer: CredentialsAnswer = try await client.send(
      "GET", "federation/credentials",
      [(name: "account_id", value: account), (name: "role_name", value: role)], token: token)
    let issued = answer.roleCredentials
    guard !issued.accessKeyId.isEmpty, !issued.secretAccessKey.isEmpty,
      !issued.sessionToken.isEmpty, issued.expiration > 0
    else { throw .unreadable(status: 200) }
    return (
      AWSKeys(
        accessKeyID: issued.accessKeyId, secretAccessKey: Secret(issued.secretAccessKey),
        sessionToken: Secret(issued.sessionToken), origin: .role),
      // Milliseconds, unlike everywhere else.
      Instant(secondsSince1970: (issued.expiration / 1000).whole)
    )
  }

  /// `Logout`: ends the token.
  func logout() async throws(CallFailure) {
    let _: RESTJSONClient.Nothing = try await client.send("POST", "logout", token: token)
  }

  private static func paging(_ next: String?) -> [(name: String, value: String)] {
    [(name: "max_result", value: "100")] + (next.map { [(name: "next_token", value: $0)] } ?? [])
  }

  private static func present(_ text: String?) -> String? {
    text.flatMap { $0.isEmpty ? nil : $0 }
  }
}

private struct AccountsAnswer: Decodable {
  var accountList: [SSOPortalClient.Account]?
  var nextToken: String?
}

private struct RolesAnswer: Decodable {
  struct Role: Decodable {
    var roleName: String
  }

  var roleList: [Role]?
  var nextToken: String?
}

private struct CredentialsAnswer: Decodable {
  struct Issued: Decodable {
    var accessKeyId: String
    var secretAccessKey: String
    var sessionToken: String
    var expiration: Double
  }

  var roleCredentials: Issued
}
