import ArgumentParser
import Core
import Model
import Terminal

/// The options of commands that log in.
struct SignInFlags: ParsableArguments {
  @Flag(help: "Open no browser; show an address and a code for any device.")
  var noBrowser = false

  @Flag(name: .customLong("qr"), help: "Also show the address as a QR code, for a phone.")
  var showsQRCode = false

  var options: SignInOptions { SignInOptions(noBrowser: noBrowser, showsQRCode: showsQRCode) }
}

/// How a person is shown the page on which they sign in.
struct SignInOptions: Sendable {
  /// No browser is opened, whatever there is.
  var noBrowser = false
  /// The address is shown as a QR code as well.
  var showsQRCode = false

  /// As commands do it that were not told.
  static let standard = SignInOptions()
}

extension CommandContext {
  /// The person's browser; `nil` where a page opened here would not be seen by them.
  var browser: (any Browser)? {
    guard isInteractive, !signIn.noBrowser else { return nil }
    let environment = surroundings.environment
    let search = BrowserSearch(environment: environment, exists: FileSystem.exists)
    return SystemBrowser(
      search.commands, environment: environment, isHere: !search.isRemote)
  }

  /// The person at the desktop; `nil` when there is no display, or nobody may be asked.
  var personAtDesktop: DesktopPrompt? {
    isInteractive ? DesktopPrompt(environment: surroundings.environment) : nil
  }

  /// The person at the terminal; `nil` when there is none to ask.
  var person: ControllingTerminal? {
    guard isInteractive else { return nil }
    return ControllingTerminal(
      environment: surroundings.environment, showsQRCode: signIn.showsQRCode)
  }
}
