import Core
import Model

/// A role with an identity token instead of keys.
extension AssumeRoleSource {
  /// `AssumeRoleWithWebIdentity`, without a signature: the token is the proof.
  ///
  /// - Throws: ``AuthError``, as ``CredentialSource/credential(_:)`` does.
  func withWebIdentity(
    _ token: IdentityToken, _ upstream: Credential, _ request: LinkRequest
  ) async throws(AuthError) -> Credential {
    let effects = request.effects
    guard let role else { throw Self.noRole(name) }
    try refuseUnsendable(effects)
    let region = region ?? upstream.region
    let endpoint = try ServiceEndpoint.resolve(
      .sts, region: region ?? (Partition.ofARN(role) ?? .commercial).defaultRegion,
      configured: endpointURL, effects: effects)
    let seconds = sessionLength(isChained: false, notice: effects.notice)
    let sendable = fields(role, seconds, request)
      .filter { $0.name != "ExternalId" }
    do {
      let issued = try await STSClient(endpoint, effects: effects).role(
        sendable, webIdentity: token.token)
      return issued.credential(
        issuedAt: effects.now(), region: region, account: ARN.account(role))
    } catch {
      let report = CallReport(
        action: "AssumeRoleWithWebIdentity", identity: name, endpoint: endpoint,
        caller: upstream.principal ?? "the token", target: role)
      throw Self.explained(report.error(for: error, effects), error, token, effects)
    }
  }

  /// What this call cannot carry would be missed in silence.
  private func refuseUnsendable(_ effects: Effects) throws(AuthError) {
    let refused =
      (mfaARN == nil ? [] : ["mfa_arn"])
      + [
        ("Tags.", "tags"), ("TransitiveTagKeys.", "transitive_tag_keys"),
        ("SourceIdentity", "source_identity"),
      ]
      .filter { part in fixedFields.contains { $0.name.hasPrefix(part.0) } }.map(\.1)
    guard refused.isEmpty else {
      let shown = refused.map { "`principal.\($0)`" }.joined(separator: ", ")
      throw AuthError(
        .badConfiguration,
        "identity `\(name)`: \(shown) cannot be sent with an identity token",
        hints: ["take it out of `\(name)`, or assume another role from this one with it"])
    }
    if hasExternalID {
      effects.notice(
        "principal.external_id of `\(name)` is not sent: an identity token takes its place")
    }
  }

  /// The error with what the token says, since STS does not say which part of it did not fit.
  private static func explained(
    _ error: AuthError, _ failure: CallFailure, _ token: IdentityToken, _ effects: Effects
  ) -> AuthError {
    guard case .refused(let refusal) = failure, codes.contains(refusal.code) else { return error }
    var error = error
    let claims = token.claims
    var hints = ["the token says: \(claims?.line ?? "nothing that can be read")"]
    if let end = claims?.expiresAt, end <= effects.now() {
      hints.append("it has ended; the clock here says \(Timestamp.rfc3339(effects.now()))")
    }
    let audience = claims?.audiences.first ?? "the audience"
    error.hints =
      hints + [
        "the role's trust policy must allow `sts:AssumeRoleWithWebIdentity`, with conditions that "
          + "match this `sub` and `aud`",
        "the role's account needs an IAM OIDC provider for this `iss`: look with "
          + "`aws iam list-open-id-connect-providers`",
        "that provider must list the audience `\(audience)`, and the thumbprint where the issuer's "
          + "certificate is not of a public authority",
      ]
    return error
  }

  private static let codes: Set<String> = [
    "AccessDenied", "AccessDeniedException", "ExpiredTokenException", "ExpiredToken",
    "InvalidIdentityToken", "InvalidIdentityTokenException", "IDPRejectedClaim",
    "IDPRejectedClaimException",
  ]
}
