/// How a person is shown the page on which they sign in.
package struct SignInOptions: Sendable {
  /// No browser is opened, whatever there is.
  package var noBrowser = false
  /// The address is shown as a QR code as well.
  package var showsQRCode = false
  /// Whether a page is shown on standard error and waited for where there is no terminal, since a
  /// person asked for this login by name: over `ssh HOST atmos-auth login`, from an editor's task or
  /// a launcher.
  package var waitsWithoutTerminal = false

  /// Creates options.
  package init(noBrowser: Bool = false, showsQRCode: Bool = false) {
    self.noBrowser = noBrowser
    self.showsQRCode = showsQRCode
  }

  /// The defaults.
  package static let standard = SignInOptions()
}
