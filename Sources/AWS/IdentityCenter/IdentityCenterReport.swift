import Core
import Model

/// Makes an error that helps out of a call to IAM Identity Center that failed.
struct IdentityCenterReport {
  /// The operation, such as `GetRoleCredentials`.
  var action: String
  /// What it was for, such as ``provider `corp```.
  var subject: String
  /// The service.
  var service: AWSService
  /// Where it was called.
  var endpoint: ServiceEndpoint

  /// The error for a person.
  func error(for failure: CallFailure) -> AuthError {
    switch failure {
    case .refused(let error): refusal(error)
    case .unreachable(let failure): unreachable(failure)
    case .unreadable(let status):
      AuthError(
        .unavailable,
        "the answer of \(endpoint.url) to \(action) for \(subject) is not of \(service.name)",
        hints: [
          "it has status \(status); a proxy or a sign-in page may be in the way, "
            + "or the endpoint is set to something else"
        ])
    case .cancelled: AuthError(.loginRequired, "\(action) for \(subject) was interrupted")
    }
  }

  private func unreachable(_ failure: TransportFailure) -> AuthError {
    var error = AuthError(
      failure.reason == .misconfigured ? .badConfiguration : .unavailable,
      "cannot reach \(service.name) at \(endpoint.url) for \(subject)", cause: failure)
    if failure.reason != .misconfigured {
      error.hints = [
        "look at the network, `HTTPS_PROXY`, `NO_PROXY` and `\(service.endpointVariable)`",
        "is `region` of the provider, here `\(endpoint.signingRegion)`, the region of the "
          + "identity center?",
      ]
    }
    return error
  }

  private func refusal(_ error: ServiceError) -> AuthError {
    if StandardRetry.isTransient(error) || error.status < 400 || error.status == 407 {
      return AuthError(
        .unavailable, "\(service.name) at \(endpoint.url) cannot do \(action) now, for \(subject)",
        hints: [
          error.status == 407
            ? "the proxy requires a user and password" : "try again in a moment"
        ], cause: error)
    }
    if error.code == "UnauthorizedException" || error.status == 401, service == .sso {
      return AuthError(
        .expiredUpstream, "the login that \(subject) depends on has ended", cause: error)
    }
    return AuthError(
      .refused, "\(service.name) refused \(action) for \(subject)", hints: advice(error),
      cause: error)
  }

  private func advice(_ error: ServiceError) -> [String] {
    switch error.code {
    case "InvalidRequestException", "InvalidRequestRegionException", "InvalidGrantException":
      [
        "look at `start_url` and `region` of the provider: the region is the identity center's own, "
          + "not the one you work in; here it is `\(endpoint.signingRegion)`"
      ]
    default: []
    }
  }
}
