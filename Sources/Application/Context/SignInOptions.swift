/// How a person is shown the page on which they sign in.
package struct SignInOptions: Sendable {
  /// No browser is opened, whatever there is.
  package var noBrowser = false
  /// The address is shown as a QR code as well.
  package var showsQRCode = false
  /// Whether a login without a terminal shows its page on standard error and waits for the browser.
  ///
  /// That is so where a person named what to log in to: over `ssh HOST atmos-auth login dev`, from an
  /// editor's task or a launcher.
  package var waitsWithoutTerminal = false

  /// Creates options.
  package init(noBrowser: Bool = false, showsQRCode: Bool = false) {
    self.noBrowser = noBrowser
    self.showsQRCode = showsQRCode
  }

  /// The defaults.
  package static let standard = SignInOptions()
}
