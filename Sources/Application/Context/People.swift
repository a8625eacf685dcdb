import Core
package import Model
import Terminal

extension CommandContext {
  /// The person's browser; `nil` where a page opened here would not be seen by them.
  ///
  /// `windows` is the environment of ``Surroundings/environmentWithoutSecrets(_:)``.
  package func browser(_ windows: [String: String]) -> (any Browser)? {
    guard isInteractive, !signIn.noBrowser else { return nil }
    let environment = surroundings.environment
    let search = BrowserSearch(environment: environment, exists: FileSystem.exists)
    let found = system.browser(search.commands, windows, !search.isRemote)
    return found.map {
      NamedBrowser(browser: $0, named: search.named, path: environment["PATH"], notice: notice)
    }
  }

  /// A browser of our own to sign in with; `nil` where nobody is to be bothered with one.
  package func signInBrowser(_ windows: [String: String]) -> (any SignInBrowser)? {
    guard isInteractive, !signIn.noBrowser else { return nil }
    let search = BrowserSearch(
      environment: surroundings.environment, exists: FileSystem.exists)
    guard !search.isOff else { return nil }
    return system.signInBrowser(
      paths.browserDirectory, windows, search.isDesktopSeen, search.hasDisplay)
  }

  /// The person at the desktop; `nil` when there is no display, or when asking is switched off.
  package func personAtDesktop(_ windows: [String: String]) -> (any Interaction)? {
    isInteractive ? system.desktop(windows) : nil
  }

  /// The person at the terminal; `nil` when there is none to ask.
  package var person: (any Interaction)? {
    isInteractive ? system.terminal(surroundings.environment, signIn.showsQRCode) : nil
  }

  /// Shows pages on standard error where a login waits for a browser without a terminal.
  var pageDisplay: (@Sendable (SignInPage) -> Void)? {
    guard isInteractive, signIn.waitsWithoutTerminal else { return nil }
    var environment = surroundings.environment
    if !err.isTerminal { environment["NO_COLOR"] = "1" }
    // Nothing is copied without a terminal.
    environment["ATMOS_AUTH_CLIPBOARD"] = "off"
    let display = SignInDisplay(environment: environment, showsQRCode: signIn.showsQRCode)
    return { [err] page in err.write(display.text(for: page, columns: err.columns)) }
  }

  /// The same where what is typed comes from there, too, and not from a pipe.
  package var personAtInput: (any Interaction)? {
    surroundings.inputIsTerminal ? person : nil
  }
}
