import Core
import Model

/// Where a job of GitHub Actions asks for its identity token.
///
/// The runner tells each step an address and a token for it, if the job has the permission
/// `id-token: write`
/// (https://docs.github.com/actions/reference/security/oidc#methods-for-requesting-the-oidc-token).
struct GitHubTokenService {
  private static let hosts = [
    HostRule("token.actions.githubusercontent.com"), HostRule(".actions.githubusercontent.com"),
  ].compactMap(\.self)
  private static let permission =
    "give the job `permissions: {id-token: write, contents: read}` in its workflow"

  private let provider: String
  private let effects: Effects
  private let given: IdentityToken?
  private let url: String
  private let requestToken: Secret

  /// Finds the service in the job's environment.
  ///
  /// - Parameters:
  ///   - provider: The provider's name, for errors.
  ///   - allowedHosts: Hosts that may be asked besides GitHub's own.
  ///   - effects: Everything outside the process.
  /// - Throws: ``AuthError``: `unavailable` outside GitHub Actions, `refused` if the job may not have
  ///   a token or the address is not one of GitHub's.
  init(provider: String, allowedHosts: [String], effects: Effects) throws(AuthError) {
    self.provider = provider
    self.effects = effects
    let environment = effects.environment
    guard environment["GITHUB_ACTIONS"] == "true" else {
      throw AuthError(
        .unavailable, "provider `\(provider)` gives tokens to jobs of GitHub Actions only",
        hints: [
          "GITHUB_ACTIONS is not `true` here",
          "in a job, the workflow needs `permissions: {id-token: write, contents: read}`",
        ])
    }
    // As in atmos: an earlier step may have fetched it.
    given = environment["ACTIONS_ID_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
      .map { IdentityToken(Secret($0)) }
    requestToken = Secret(environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "")
    url = environment["ACTIONS_ID_TOKEN_REQUEST_URL"] ?? ""
    if given == nil { try checkRequest(allowedHosts) }
  }

  private func checkRequest(_ allowedHosts: [String]) throws(AuthError) {
    guard !url.isEmpty, !requestToken.isEmpty else {
      throw AuthError(
        .refused, "provider `\(provider)`: this job may not have an identity token",
        hints: [
          Self.permission, "a workflow that it calls needs the permission from its caller",
          "pull requests from forks never get one",
        ])
    }
    // Whoever gets the request token can have tokens in the job's name.
    guard let address = Address(url), address.scheme == "https" else {
      throw AuthError(
        .refused,
        "provider `\(provider)`: ACTIONS_ID_TOKEN_REQUEST_URL is not an https address")
    }
    let rules = Self.hosts + allowedHosts.compactMap(HostRule.init)
    guard rules.contains(where: { $0.covers(address.host) }) else {
      let host = DisplayText.sanitized(address.host, limit: 120)
      throw AuthError(
        .refused, "provider `\(provider)`: `\(host)` is not a host of GitHub Actions",
        hints: [
          "ACTIONS_ID_TOKEN_REQUEST_URL names it",
          "for GitHub Enterprise Server add it to `spec.allowed_hosts` of `\(provider)`",
        ])
    }
  }

  /// A new token.
  ///
  /// - Parameter audience: Whom it is for.
  /// - Returns: The token.
  /// - Throws: ``AuthError``: `refused` if GitHub says no, `unavailable` if it cannot be reached.
  func token(audience: String) async throws(AuthError) -> IdentityToken {
    if let given { return given }
    let call = TokenCall(subject: "provider `\(provider)`", service: "GitHub", effects: effects)
    let response = try await call.response(
      HTTPRequest(
        method: "GET", url: Self.address(url, audience: audience),
        headers: [
          (name: "Authorization", value: "bearer \(requestToken.revealed())"),
          (name: "Accept", value: "application/json; api-version=2.0"),
        ], timeout: .seconds(10), operation: "GetIdToken"),
      refusal: { status in
        [401, 403].contains(status)
          ? ["the job may be over: its tokens end with it", Self.permission] : []
      })
    return try call.token(in: response, member: "value")
  }

  /// The address with the audience at its end, and otherwise as the runner gave it.
  static func address(_ url: String, audience: String) -> String {
    let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let query = parts.count == 2 ? parts[1].split(separator: "&") : []
    let kept = query.filter { $0.prefix { $0 != "=" } != "audience" }
    return parts[0] + "?"
      + (kept + ["audience=\(QueryValue.encoded(audience))"]).joined(separator: "&")
  }
}
