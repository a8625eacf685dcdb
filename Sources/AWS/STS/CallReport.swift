import Core
import Model

/// Makes an error that helps out of a call that failed.
struct CallReport {
  /// The action, such as `AssumeRole`.
  var action: String
  /// The identity it was for.
  var identity: String
  /// The service it was called at.
  var service = AWSService.sts
  /// Where that is.
  var endpoint: ServiceEndpoint
  /// Who called: an ARN or a masked access key id.
  var caller: String
  /// The role that was asked for, if any.
  var target: String?
  /// Whether the request gave an external id.
  var hasExternalID = false
  /// Whether the request held a one-time code.
  var hasCode = false
  /// The key of the definition that names the MFA device, such as `credentials.mfa_arn`.
  var mfaKey: String?
  /// Whether `identity` is the one whose keys are stored, and not one that is reached with them.
  var storesKeys = false
  /// What may be the reason when `caller` is denied access, for actions that know better than this
  /// report.
  var deniedHints: ((_ caller: String) -> [String])?
  /// What may be the reason when a token or an assertion is not accepted.
  var tokenHints: [String]?

  /// The error for a person; its hints have the commands of `effects`.
  func error(for failure: CallFailure, _ effects: Effects) -> AuthError {
    switch failure {
    case .refused(let error):
      refusal(error, effects)
    case .unreachable(let failure):
      unreachable(failure)
    case .unreadable(let status):
      AuthError(
        .unavailable,
        "the answer of \(endpoint.url) to \(action) for identity `\(identity)` "
          + "is not of \(service.name)",
        hints: [
          "it has status \(status); a proxy or a sign-in page may be in the way, "
            + "or the endpoint is set to something else"
        ])
    case .cancelled:
      AuthError(.unavailable, "\(action) for identity `\(identity)` was interrupted")
    }
  }

  private func unreachable(_ failure: TransportFailure) -> AuthError {
    var error = AuthError(
      failure.reason == .misconfigured ? .badConfiguration : .unavailable,
      "cannot reach \(service.name) at \(endpoint.url) for identity `\(identity)`", cause: failure)
    if hasCode, failure.reason == .maybeSent {
      error = error.hint(
        "the one-time code may have been used up: wait for the next one and log in again")
    }
    if failure.reason != .misconfigured {
      error = error.hint(
        "look at the network, `HTTPS_PROXY`, `NO_PROXY` and `\(service.endpointVariable)`")
    }
    return error
  }

  private func refusal(_ error: ServiceError, _ effects: Effects) -> AuthError {
    if StandardRetry.isTransient(error) || error.status < 400 || error.status == 407 {
      var unavailable = AuthError(
        .unavailable,
        "\(service.name) at \(endpoint.url) cannot do \(action) now, for identity `\(identity)`",
        hints: error.status == 407 ? ["the proxy requires a user and password"] : [], cause: error)
      if hasCode {
        unavailable = unavailable.hint(
          "the one-time code is used up: log in again with the next one")
      } else if StandardRetry.isTransient(error) {
        unavailable = unavailable.hint("try again in a moment")
      }
      return unavailable
    }
    let (code, hints) = advice(error, effects)
    return AuthError(
      code, "\(service.name) refused \(action) for identity `\(identity)`", hints: hints,
      cause: error)
  }

  private func advice(
    _ error: ServiceError, _ effects: Effects
  ) -> (AuthError.Code, [String]) {
    switch error.code {
    case "AccessDenied", "AccessDeniedException":
      return (.refused, denied(error))
    case "InvalidClientTokenId", "UnrecognizedClientException":
      return (
        .refused,
        [
          "the keys of \(caller) are wrong or deleted, or not of partition "
            + "`\(Partition.ofRegion(endpoint.signingRegion).name)` (region "
            + "`\(endpoint.signingRegion)`)",
          keysHint(effects),
        ]
      )
    case "SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureException":
      return (
        .refused,
        error.saysClock
          ? ["set this computer's clock; AWS accepts five minutes of difference"]
          : ["the secret access key does not belong to \(caller)", keysHint(effects)]
      )
    case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
      return (
        .expiredUpstream,
        [
          "the credential of \(caller) has ended",
          "log in again with `\(effects.typed("login", "-i", identity))`",
        ]
      )
    case "RegionDisabledException":
      return (
        .refused,
        [
          "activate STS for region `\(endpoint.signingRegion)` (IAM, Account settings), "
            + "or give the identity another region"
        ]
      )
    case "ValidationError", "MalformedPolicyDocument", "PackedPolicyTooLarge",
      "MalformedPolicyDocumentException", "PackedPolicyTooLargeException":
      return (.badConfiguration, invalid(error))
    case "InvalidIdentityToken", "IDPRejectedClaim":
      return (
        .refused,
        tokenHints
          ?? ["the role's trust policy must name the token's issuer, audience and subject"]
      )
    default:
      return (.refused, ["\(caller) called region `\(endpoint.signingRegion)`"])
    }
  }

  private func keysHint(_ effects: Effects) -> String {
    storesKeys
      ? "store the right ones with `\(effects.typed("user", "configure", "-i", identity))`"
      : "log in again with `\(effects.typed("login", "-i", identity))`"
  }

  private func denied(_ error: ServiceError) -> [String] {
    if error.isWrongCode {
      return [
        "give codes of the device in `\(mfaKey ?? "mfa_arn")`, "
          + "and check the clock of the device that makes them"
      ]
    }
    let caller = error.namedCaller ?? caller
    if error.isAboutCode {
      return ["\(caller) has no such MFA device; look at `\(mfaKey ?? "mfa_arn")`"]
    }
    if let deniedHints { return deniedHints(caller) }
    var hints = ["\(caller) called region `\(endpoint.signingRegion)`"]
    guard let target else { return hints }
    hints = [
      "\(caller) needs `sts:AssumeRole` on \(target), and the role's trust policy must name it"
    ]
    hints.append(
      hasExternalID
        ? "`principal.external_id` must be the trust policy's `sts:ExternalId`"
        : "if the trust policy asks for `sts:ExternalId`, set `principal.external_id`")
    if mfaKey == nil {
      hints.append("if it asks for MFA, set `principal.mfa_arn`")
    }
    return hints
  }

  private func invalid(_ error: ServiceError) -> [String] {
    let text = error.message.lowercased()
    if text.contains("maxsessionduration") {
      return ["lower `principal.duration`, or raise the role's maximum session duration"]
    }
    if text.contains("role chaining") {
      return ["set `principal.duration` to `1h`: a role assumed from a role lasts no longer"]
    }
    return []
  }
}

extension ServiceError {
  /// The ARN that a refusal names as who asked: policies know it, and nobody finds a key in one.
  var namedCaller: String? {
    guard let start = message.firstRange(of: "User: ")?.upperBound else { return nil }
    let name = message[start...].prefix { $0 != " " }
    return name.hasPrefix("arn:") && message[name.endIndex...].hasPrefix(" is not authorized")
      ? String(name) : nil
  }

  /// Whether it is about a second factor at all.
  var isAboutCode: Bool {
    guard code == "AccessDenied" || code == "AccessDeniedException" else { return false }
    let text = message.lowercased()
    return text.contains("multifactorauthentication failed") || text.contains("invalid mfa")
      || text.contains("mfa token") || text.contains("one time pass code")
  }

  /// Whether another code might help; the wrong device never gets the right one.
  var isWrongCode: Bool {
    isAboutCode && !message.lowercased().contains("serial number")
  }
}
