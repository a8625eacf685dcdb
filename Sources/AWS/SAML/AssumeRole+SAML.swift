import Core
import Model

extension AssumeRoleSource {
  /// The session of the role that STS gives for an assertion.
  ///
  /// The role is not assumed a second time: that would take a role that trusts itself, and last an
  /// hour at most.
  func credential(
    of assertion: SAMLAssertion, _ upstream: Credential, _ request: LinkRequest
  ) async throws(AuthError) -> Credential {
    let effects = request.effects
    let response: SAMLResponse
    do {
      response = try SAMLResponse(assertion.response)
    } catch {
      throw error.error(of: assertion.provider)
    }
    let choice = RoleChoice(
      roles: response.roles, identity: name, provider: assertion.provider)
    let chosen: SAMLRole
    if let role {
      chosen = try choice.role(named: role)
    } else {
      chosen = try await choice.role(askedOf: effects) {
        await RolePage.accountNames(for: assertion.response, response.roles, effects)
      }
    }

    let region = region(of: chosen, upstream)
    let endpoint = try ServiceEndpoint.resolve(
      .sts, region: region, configured: endpointURL ?? assertion.endpointURL, effects: effects)
    tellUnused(effects)
    do {
      let issued = try await assume(
        chosen, assertion.response, seconds(assertion, effects),
        STSClient(endpoint, effects: effects), effects)
      return issued.credential(
        issuedAt: effects.now(), region: region, account: ARN.account(chosen.role))
    } catch {
      throw report(chosen, assertion, endpoint).error(for: error, effects)
    }
  }

  /// The region of the identity or the provider, if the role can be assumed there.
  private func region(of chosen: SAMLRole, _ upstream: Credential) -> String {
    let partition = Partition.ofARN(chosen.role) ?? .commercial
    guard let region = region ?? upstream.region, Partition.ofRegion(region) == partition else {
      return partition.defaultRegion
    }
    return region
  }

  /// The identity's length of the session, else the provider's; `nil` leaves it to STS.
  private func seconds(_ assertion: SAMLAssertion, _ effects: Effects) -> Int64? {
    guard let wanted = duration ?? assertion.seconds else { return nil }
    let length = min(max(wanted, 900), 43200)
    if length != wanted {
      let field =
        duration == nil
        ? "session.duration of `\(assertion.provider)`" : "principal.duration of `\(name)`"
      effects.notice(
        "\(field) is \(DurationText.text(wanted)); AWS allows 15m to 12h, so it is "
          + DurationText.text(length))
    }
    return length
  }

  /// Asks once more for an hour, which every role allows, where the role's own limit is shorter than
  /// what was asked for.
  private func assume(
    _ chosen: SAMLRole, _ response: Secret, _ seconds: Int64?, _ client: STSClient,
    _ effects: Effects
  ) async throws(CallFailure) -> IssuedKeys {
    let policies = fixedFields.filter { Self.isPolicy($0.name) }
    do {
      return try await client.role(chosen, response: response, seconds: seconds, policies)
    } catch {
      guard let seconds, seconds > 3600, case .refused(let refusal) = error,
        refusal.code == "ValidationError",
        refusal.message.lowercased().contains("maxsessionduration")
      else { throw error }
      effects.notice(
        "role `\(chosen.role)` does not allow sessions of \(DurationText.text(seconds)), so this "
          + "one lasts 1h; raise the role's maximum session duration, or ask for less")
      return try await client.role(chosen, response: response, seconds: 3600, policies)
    }
  }

  private static func isPolicy(_ field: String) -> Bool { field.hasPrefix("Policy") }

  /// What else `principal` says is for AssumeRole: here the assertion decides it.
  private func tellUnused(_ effects: Effects) {
    let unused = unusedAfterSAML
    guard !unused.isEmpty else { return }
    effects.notice(
      "\(unused.map { "`principal.\($0)`" }.joined(separator: ", ")) of `\(name)` is not used: "
        + "the assertion of a SAML provider decides that")
  }

  private func report(
    _ chosen: SAMLRole, _ assertion: SAMLAssertion, _ endpoint: ServiceEndpoint
  ) -> CallReport {
    var report = CallReport(
      action: "AssumeRoleWithSAML", identity: name, endpoint: endpoint,
      caller: "provider `\(assertion.provider)`", target: chosen.role)
    report.deniedHints = { _ in
      [
        "the trust policy of \(chosen.role) must allow `sts:AssumeRoleWithSAML` and "
          + "`sts:TagSession` to \(chosen.provider)",
        "its condition on `SAML:aud` must name the sign-in page that the identity provider posts to",
      ]
    }
    report.tokenHints = [
      "the metadata of \(chosen.provider) in IAM must be the identity provider's of today: "
        + "its issuer and the certificate that signs",
      "the identity provider's audience for AWS is `urn:amazon:webservices`",
    ]
    return report
  }
}

extension STSClient {
  /// `AssumeRoleWithSAML`: unsigned, the response is the proof (trap 3 of docs/traps.md).
  func role(
    _ chosen: SAMLRole, response: Secret, seconds: Int64?,
    _ policies: [(name: String, value: String)]
  ) async throws(CallFailure) -> IssuedKeys {
    var fields = [
      (name: "RoleArn", value: chosen.role), (name: "PrincipalArn", value: chosen.provider),
      (name: "SAMLAssertion", value: response.revealed()),
    ]
    if let seconds { fields.append((name: "DurationSeconds", value: String(seconds))) }
    let result = try await call("AssumeRoleWithSAML", fields + policies, signedWith: nil)
    return try issued(result, origin: .role)
  }
}
