import Core
import Model

/// Makes an error that helps out of a call to the sign-in that failed.
struct SignInReport {
  /// The identity's name.
  var identity: String
  /// Where it was called.
  var endpoint: ServiceEndpoint
  /// What a person types to sign in.
  var loginCommand: String
  /// What a person types to sign in when there is a login that does not work; `nil` for
  /// ``loginCommand`` with `--webflow`.
  var newLoginCommand: String?
  /// What gives the region.
  var regionSetting = "`credentials.region`"

  /// The refusals after which the refresh token is of no use any more.
  ///
  /// Source: `AccessDeniedException` of the service model, and RFC 6749 §5.2.
  private static let final: Set<String> = [
    "TOKEN_EXPIRED", "AUTHCODE_EXPIRED", "USER_CREDENTIALS_CHANGED", missingPolicy,
    "invalid_grant", "invalid_token",
  ]

  /// The refusal of a user who may not sign in from programs.
  static let missingPolicy = "INSUFFICIENT_PERMISSIONS"

  /// Whether only a new sign-in helps.
  static func isFinal(_ refusal: ServiceError) -> Bool { final.contains(refusal.code) }

  /// The error for a person.
  func error(for failure: CallFailure) -> AuthError {
    let service = AWSService.signIn
    switch failure {
    case .cancelled:
      return AuthError(.loginRequired, "the sign-in to `\(identity)` was interrupted")
    case .unreadable(let status):
      return AuthError(
        .unavailable, "the answer of \(endpoint.url) is not of \(service.name)",
        hints: [
          "it has status \(status); a proxy or a sign-in page may be in the way, "
            + "or the endpoint is set to something else"
        ])
    case .unreachable(let failure):
      let isSetting = failure.reason == .misconfigured
      return AuthError(
        isSetting ? .badConfiguration : .unavailable,
        "cannot reach \(service.name) at \(endpoint.url) for identity `\(identity)`",
        hints: isSetting
          ? []
          : [
            "look at the network, `HTTPS_PROXY`, `NO_PROXY` and `\(service.endpointVariable)`",
            "is \(regionSetting), here `\(endpoint.signingRegion)`, a region that can be signed "
              + "in to?",
          ], cause: failure)
    case .refused(let refusal):
      if StandardRetry.isTransient(refusal) || refusal.status < 400 || refusal.status == 407 {
        return AuthError(
          .unavailable, "\(service.name) at \(endpoint.url) gives `\(identity)` no keys now",
          hints: [
            refusal.status == 407
              ? "the proxy requires a user and password" : "try again in a moment"
          ], cause: refusal)
      }
      return AuthError(
        .refused, "\(service.name) gives identity `\(identity)` no keys", hints: hints(refusal),
        cause: refusal)
    }
  }

  private func hints(_ refusal: ServiceError) -> [String] {
    switch refusal.code {
    case Self.missingPolicy:
      [
        "the user needs `signin:AuthorizeOAuth2Access` and `signin:CreateOAuth2Token`, which the "
          + "managed policy `SignInLocalDevelopmentAccess` has"
      ]
    case "AUTHCODE_EXPIRED", "invalid_grant":
      ["the code lasts a short time and works once: run `\(loginCommand)` again"]
    default: ["run `\(newLoginCommand ?? "\(loginCommand) --webflow")` to sign in again"]
    }
  }
}
