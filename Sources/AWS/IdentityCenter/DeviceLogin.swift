import Core
import Model

/// A login by a code that a person compares on a page, in a browser on any device.
///
/// Source: RFC 8628.
struct DeviceLogin {
  /// The service.
  let client: SSOOIDCClient
  /// Who we are there.
  let registration: BearerToken.Client
  /// Where the person signs in.
  let portal: AccessPortal
  /// The provider's name.
  let provider: String
  /// The world; it has somebody to show a page to.
  let effects: Effects

  /// Shows the page and waits until the person has decided.
  func token() async throws(LoginFailure) -> SSOOIDCClient.Token {
    let authorization: SSOOIDCClient.DeviceAuthorization
    do {
      authorization = try await client.startDeviceAuthorization(
        of: registration, startURL: portal.startURL)
    } catch {
      throw LoginFailure(error, report("StartDeviceAuthorization"))
    }
    try await show(authorization)
    return try await poll(authorization)
  }

  private func show(
    _ authorization: SSOOIDCClient.DeviceAuthorization
  ) async throws(LoginFailure) {
    guard let page = Self.page(authorization.verificationURI) else {
      throw .failed(report("StartDeviceAuthorization").error(for: .unreadable(status: 200)))
    }
    let complete = authorization.verificationURIComplete.flatMap(Self.page)
    var isOpen = false
    if let browser = effects.browser { isOpen = await browser.open(Secret(complete ?? page)) }
    await effects.show(
      SignInPage(
        url: complete ?? page, code: DisplayText.sanitized(authorization.userCode, limit: 40),
        isOpen: isOpen))
  }

  /// An address that a browser may be sent to.
  ///
  /// It is a web page: anything else could start a program.
  private static func page(_ url: String) -> String? {
    // Portals have fragments in their addresses; ``Address`` has none.
    guard url.count <= 2048, Address(String(url.prefix { $0 != "#" })) != nil,
      url.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else { return nil }
    return url
  }

  private func poll(
    _ authorization: SSOOIDCClient.DeviceAuthorization
  ) async throws(LoginFailure) -> SSOOIDCClient.Token {
    let deadline = effects.now().advanced(bySeconds: authorization.expiresIn)
    var interval = authorization.interval
    var waited: Int64 = 0
    while waited < authorization.expiresIn, effects.now() < deadline {
      do { try await effects.sleep(.seconds(interval)) } catch { throw .failed(interrupted) }
      waited += interval
      do {
        return try await client.token(of: registration, deviceCode: authorization.deviceCode)
      } catch {
        switch error {
        case .refused(let refusal):
          switch refusal.code {
          case "AuthorizationPendingException": continue
          // For good: asked again at the old pace the service would say it again (§3.5).
          case "SlowDownException": interval += 5
          case "ExpiredTokenException": throw .failed(tooLate)
          case "AccessDeniedException": throw .failed(denied(refusal))
          default:
            guard StandardRetry.isTransient(refusal) else {
              throw LoginFailure(error, report("CreateToken"))
            }
            interval += 5
          }
        // The person is still at it; a moment without network ends nothing.
        case .unreachable(let failure) where failure.reason != .misconfigured: interval += 1
        case .cancelled: throw .failed(interrupted)
        default: throw LoginFailure(error, report("CreateToken"))
        }
      }
    }
    throw .failed(tooLate)
  }

  private var tooLate: AuthError {
    AuthError(
      .loginRequired, "the login to `\(provider)` was not approved in time; its code has ended",
      hints: ["log in again; the page waits for ten minutes"])
  }

  private var interrupted: AuthError {
    AuthError(.loginRequired, "the login to `\(provider)` was interrupted")
  }

  private func denied(_ refusal: ServiceError) -> AuthError {
    AuthError(
      .refused, "the login to `\(provider)` was denied in the browser",
      hints: ["or the user who signed in there has no access to this portal"], cause: refusal)
  }

  private func report(_ action: String) -> IdentityCenterReport {
    IdentityCenterReport(
      action: action, subject: "provider `\(provider)`", service: .ssoOIDC,
      endpoint: client.endpoint)
  }
}
