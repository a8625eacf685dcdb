import Application
import ArgumentParser

/// The options of commands that log in.
struct SignInFlags: ParsableArguments {
  @Flag(help: "Do not open a browser; show an address and a code for any device.")
  var noBrowser = false

  @Flag(name: .customLong("qr"), help: "Also show the address as a QR code, for a phone.")
  var showsQRCode = false

  var options: SignInOptions { SignInOptions(noBrowser: noBrowser, showsQRCode: showsQRCode) }
}
