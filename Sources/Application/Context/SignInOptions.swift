/// How a person is shown the page on which they sign in.
package struct SignInOptions: Sendable {
  /// No browser is opened, whatever there is.
  package var noBrowser = false
  /// The address is shown as a QR code as well.
  package var showsQRCode = false

  /// Creates options.
  package init(noBrowser: Bool = false, showsQRCode: Bool = false) {
    self.noBrowser = noBrowser
    self.showsQRCode = showsQRCode
  }

  /// The defaults.
  package static let standard = SignInOptions()
}
