import Core
package import Model
package import Terminal

extension CommandContext {
  /// The person's browser; `nil` where a page opened here would not be seen by them.
  package var browser: (any Browser)? {
    guard isInteractive, !signIn.noBrowser else { return nil }
    let environment = surroundings.environment
    let search = BrowserSearch(environment: environment, exists: FileSystem.exists)
    return SystemBrowser(
      search.commands, environment: environment, isHere: !search.isRemote)
  }

  /// The person at the desktop; `nil` when there is no display, or when asking is switched off.
  package var personAtDesktop: DesktopPrompt? {
    isInteractive ? DesktopPrompt(environment: surroundings.environment) : nil
  }

  /// The person at the terminal; `nil` when there is none to ask.
  package var person: ControllingTerminal? {
    guard isInteractive else { return nil }
    return ControllingTerminal(
      environment: surroundings.environment, showsQRCode: signIn.showsQRCode)
  }
}
