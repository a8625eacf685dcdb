import Core
import Logging
import Model

/// A login in a browser that is driven: what it would post to AWS is caught.
struct BrowserResponse {
  /// The provider's name.
  var provider: String
  /// What is opened, and what is waited for.
  var visit: SignInVisit
  /// Whether the definition names the driver, so that a window counts as seen wherever it shows.
  var isNamed: Bool
  /// What a person types to log in.
  var loginCommand: String

  /// How long pages may take without a window, when somebody has signed in before.
  private static let hiddenLimit = Duration.seconds(10)
  /// How long a person may take.
  private static let shownLimit = Duration.seconds(600)

  /// What a login takes of a person; one that has worked before is tried without one.
  func personNeed(_ browser: any SignInBrowser, _ effects: Effects) -> PersonNeed {
    browser.hasSignedIn(visit) ? .unneeded : PersonNeed(atPageOf: effects)
  }

  /// Gets the response.
  ///
  /// - Returns: It in base64; `nil` if no window can be shown.
  /// - Throws: ``AuthError``: `loginRequired` if a person is needed and there is none, `declined` if
  ///   they closed the window, `unavailable` if the page or the browser fails.
  func response(
    _ browser: any SignInBrowser, _ effects: Effects
  ) async throws(AuthError) -> Secret? {
    if browser.hasSignedIn(visit) {
      do {
        effects.log.debug(
          "the browser is tried without a window", metadata: ["provider": "\(provider)"])
        return try await Self.response(
          in: browser.caught(visit, isHidden: true, limit: Self.hiddenLimit))
      } catch .late, .closed {
        // A page waits for a person there.
        browser.forget(visit)
      } catch .notStarted, .ended {
        browser.forget(visit)
      } catch {
        throw self.error(of: error)
      }
    }
    guard isNamed ? browser.hasDisplay : browser.isSeen else { return nil }
    guard effects.showsPages else {
      throw AuthError(
        .loginRequired, "provider `\(provider)` needs a login in a browser",
        hints: ["run `\(loginCommand)` in a terminal"])
    }
    effects.notice("Sign in to `\(provider)` in the browser window that opens…")
    do {
      return try await Self.response(
        in: browser.caught(visit, isHidden: false, limit: Self.shownLimit))
    } catch .notStarted(let why) {
      effects.notice("no browser window can be shown: \(why)")
      return nil
    } catch {
      throw self.error(of: error)
    }
  }

  private static func response(in body: Secret) -> Secret { PastedResponse.cleaned(body) }

  private func error(of failure: SignInFailure) -> AuthError {
    switch failure {
    case .notStarted(let why):
      AuthError(.unavailable, "the browser for provider `\(provider)` cannot be started: \(why)")
    case .closed:
      AuthError(
        .declined, "the browser window was closed before the sign-in to `\(provider)` was complete")
    case .ended(let how):
      AuthError(
        .unavailable,
        "the browser ended before the sign-in to `\(provider)` was complete (\(how))",
        hints: ["run `\(loginCommand)` to try again, or set `driver: Paste`"])
    case .unreachable(let word):
      AuthError(
        .unavailable,
        "the browser cannot open the page of provider `\(provider)`: "
          + DisplayText.sanitized(word, limit: 100),
        hints: ["look at `url` (\(DisplayText.sanitized(visit.page, limit: 200))) and the network"])
    case .unreadable:
      AuthError(
        .unavailable,
        "the browser does not give out the SAML response of provider `\(provider)`",
        hints: ["update the browser, or set `driver: Paste`"])
    case .late:
      AuthError(
        .loginRequired, "the sign-in to `\(provider)` was not finished in time",
        hints: ["run `\(loginCommand)` to try again"])
    case .cancelled:
      AuthError(.interrupted, "the sign-in to `\(provider)` was interrupted")
    }
  }
}
