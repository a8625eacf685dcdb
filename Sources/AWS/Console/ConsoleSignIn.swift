public import Core
public import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Exchanges a session for an address that signs a browser in to the AWS console.
///
/// Source: "Enabling custom identity broker access to the AWS console", AWS IAM User Guide.
public struct ConsoleSignIn: Sendable {
  /// How long a console session may last, in seconds.
  public static let durations: ClosedRange<Int64> = 900...43200

  private let identity: String
  private let issuer: String
  private let effects: Effects

  /// Creates a sign-in.
  ///
  /// - Parameters:
  ///   - identity: The identity's name, for errors.
  ///   - issuer: Whom the console names when the session has ended.
  ///   - effects: Everything outside the process.
  public init(identity: String, issuer: String, effects: Effects) {
    self.identity = identity
    self.issuer = issuer
    self.effects = effects
  }

  /// The address.
  ///
  /// Whoever has it is signed in: it is good for 15 minutes, and for one browser.
  ///
  /// - Parameters:
  ///   - credential: A session whose holder may use the console: a role's, a federated user's.
  ///   - destination: The page to open.
  ///   - duration: Seconds that the console session is to last, within ``durations``; `nil` for as
  ///     long as the credential. AWS accepts it only for the first role of a chain (trap 26 of
  ///     docs/traps.md); where it refuses, the address is made without it, with a notice.
  /// - Returns: The address, which opens the console for whoever has it.
  /// - Throws: ``AuthError``: `notSupported` for credentials the console takes none of, `refused`
  ///   if AWS says no, `unavailable` if it cannot be reached, `usage` for a destination of another
  ///   partition, `badConfiguration` for an endpoint that cannot be used.
  public func address(
    for credential: Credential, destination: ConsoleDestination, duration: Int64?
  ) async throws(AuthError) -> Secret {
    guard let keys = credential.aws else {
      throw AuthError(.notSupported, "identity `\(identity)` has no AWS credential for the console")
    }
    guard let token = keys.sessionToken else {
      throw AuthError(
        .notSupported,
        "identity `\(identity)` has long-lived keys, and the AWS console signs in sessions only",
        hints: [Self.roleHint(identity)])
    }
    let region = credential.region
    let partition =
      region.map(Partition.ofRegion) ?? credential.principal.flatMap(Partition.ofARN)
      ?? .commercial
    guard let site = ConsoleSite.of(partition) else {
      throw AuthError(
        .notSupported, "the address of the console of partition `\(partition.name)` is not public")
    }
    let page = try destination.address(site: site, region: region)
    let federation = try site.federation(region: region, environment: effects.environment)
    let call = ConsoleCall(address: federation, identity: identity, effects: effects)
    let session = Self.session(keys, token)
    let isUser = keys.origin == .userSession && !ARN.isSession(credential.principal)
    let signInToken: Secret
    if let duration {
      if let longer = try await call.signInToken(session, duration: duration) {
        signInToken = longer
      } else {
        signInToken = try await plain(call, session, isUser: isUser)
        effects.notice(
          "AWS takes no duration for `\(identity)`; the console session lasts as long as its "
            + "credential")
      }
    } else {
      signInToken = try await plain(call, session, isUser: isUser)
    }
    let query = PercentEncoding.form([
      (name: "Action", value: "login"), (name: "Issuer", value: issuer),
      (name: "Destination", value: page), (name: "SigninToken", value: signInToken.revealed()),
    ])
    return Secret("\(federation)?\(query)")
  }

  private var login: String { effects.typed("login", "-i", identity) }

  private func plain(
    _ call: ConsoleCall, _ session: Secret, isUser: Bool
  ) async throws(AuthError) -> Secret {
    if let token = try await call.signInToken(session, duration: nil) { return token }
    throw AuthError(
      .refused, "the AWS console refused the credential of identity `\(identity)`",
      hints: isUser
        ? [
          "sessions of IAM users (GetSessionToken) cannot sign in: \(Self.roleHint(identity))",
          "neither can a session that has just ended: `\(login)`",
        ] : ["a session that has ended or was revoked cannot sign in: `\(login)`"])
  }

  /// What to do about an identity that the console takes no credential of.
  public static func roleHint(_ identity: String) -> String {
    "make a role with `kind: aws/assume-role` and "
      + "`via: { identity: \(JSONText.string(identity)) }`, and open the console as that"
  }

  private static func session(_ keys: AWSKeys, _ token: Secret) -> Secret {
    let members = [
      ("sessionId", keys.accessKeyID), ("sessionKey", keys.secretAccessKey.revealed()),
      ("sessionToken", token.revealed()),
    ]
    return Secret(JSONText.object(members.map { ($0.0, JSONText.string($0.1)) }))
  }
}

/// The call of the federation endpoint.
///
/// Its address holds the session, so errors name the host only.
struct ConsoleCall {
  /// The endpoint, without a query.
  var address: String
  var identity: String
  var effects: Effects

  private struct Answer: Decodable {
    var SigninToken: String
  }

  /// A token for the session; `nil` when the endpoint says that the request is a bad one.
  ///
  /// Faults that pass are tried again.
  func signInToken(_ session: Secret, duration: Int64?) async throws(AuthError) -> Secret? {
    var fields = [
      (name: "Action", value: "getSigninToken"), (name: "Session", value: session.revealed()),
    ]
    if let duration { fields.append((name: "SessionDuration", value: String(duration))) }
    let request = HTTPRequest(
      method: "GET", url: "\(address)?\(PercentEncoding.form(fields))",
      headers: [(name: "Accept", value: "application/json")], timeout: .seconds(10),
      operation: "getSigninToken")
    do throws(CallFailure) {
      return try token(
        in: try await ServiceCaller(effects: effects).response(
          isRepeatable: true, tries: 3, error: { ServiceError($0) }, request: { _ in request }))
    } catch {
      if case .refused(let refusal) = error, (400..<500).contains(refusal.status),
        !StandardRetry.isTransient(refusal), refusal.status != 407
      {
        return nil
      }
      throw failure(error)
    }
  }

  private func token(in response: HTTPResponse) throws(CallFailure) -> Secret {
    guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(response.body)),
      !answer.SigninToken.isEmpty
    else { throw .unreadable(status: response.status) }
    return Secret(answer.SigninToken)
  }

  private func failure(_ failure: CallFailure) -> AuthError {
    let host = Address(address)?.origin ?? address
    let what = "the AWS console's sign-in at \(host)"
    switch failure {
    case .refused(let error):
      // The endpoint's text may repeat what it was sent; the status says enough.
      return AuthError(
        .unavailable, "\(what) cannot be used now, for identity `\(identity)`",
        hints: [
          "it answered with status \(error.status)",
          error.status == 407 ? "the proxy requires a user and password" : "try again in a moment",
        ])
    case .unreachable(let error):
      return AuthError(
        error.reason == .misconfigured ? .badConfiguration : .unavailable,
        "cannot reach \(what), for identity `\(identity)`",
        hints: error.reason == .misconfigured
          ? [] : ["look at the network, `HTTPS_PROXY`, `NO_PROXY` and `AWS_ENDPOINT_URL_SIGNIN`"],
        cause: error)
    case .unreadable:
      return AuthError(
        .unavailable, "the answer of \(host) is not of the AWS console's sign-in",
        hints: ["a proxy or a sign-in page may be in the way"])
    case .cancelled:
      return AuthError(.unavailable, "signing in to the console as `\(identity)` was interrupted")
    }
  }
}
