import Core
public import Model

/// How a page on which a person signs in is shown on a terminal.
public struct SignInDisplay: Sendable {
  private let clipboard: Clipboard?
  private let hasUnicode: Bool
  private let hasColor: Bool
  private let showsQRCode: Bool

  /// Creates a display.
  ///
  /// - Parameters:
  ///   - environment: Where `TERM`, `TERM_PROGRAM`, `TMUX`, `STY`, `ATMOS_AUTH_CLIPBOARD`,
  ///     `NO_COLOR` and the locale are looked up.
  ///   - showsQRCode: Whether the address is shown as a QR code as well.
  public init(environment: [String: String], showsQRCode: Bool) {
    clipboard = Clipboard(environment: environment)
    let stream = Stream(descriptor: -1, environment: environment, noColor: false)
    hasUnicode = stream.hasUnicode
    let term = environment["TERM"] ?? ""
    hasColor = (environment["NO_COLOR"] ?? "").isEmpty && !["", "dumb"].contains(term)
    self.showsQRCode = showsQRCode
  }

  /// What is written to the terminal, in lines of at most 40 cells; only the address may be longer
  /// and is never broken, so that it can be clicked and copied.
  ///
  /// - Parameters:
  ///   - page: The page.
  ///   - columns: The terminal's width in cells.
  /// - Returns: The text, a line break at its end.
  public func text(for page: SignInPage, columns: Int) -> String {
    var lines = ["", hasUnicode ? "🔐 Sign in with a browser" : "Sign in with a browser"]
    let url = DisplayText.sanitized(page.url)
    let copied = copiedText(page)
    if let code = page.code {
      lines.append("Verification code: \(DisplayText.sanitized(code))")
      if page.isOpen { lines.append("The browser must show the same code.") }
    }
    lines.append(page.isOpen ? "Opening browser to:" : "Open this address in any browser:")
    lines.append(url)
    if page.isOpen { lines.append("If it does not open, visit it yourself.") }
    if copied != nil {
      let what = copied == page.url ? "address" : "code"
      lines.append("(The \(what) is in your clipboard, if")
      lines.append("your terminal allows that.)")
    }
    if showsQRCode {
      lines += QRCode.lines(
        of: url, columns: columns, hasUnicode: hasUnicode, hasColor: hasColor)
    }
    lines.append(hasUnicode ? "⏳ Waiting for authentication…" : "Waiting for authentication...")
    return lines.joined(separator: "\n") + "\n"
  }

  /// What puts the page's address or code into the clipboard, to be written as it is; empty where
  /// that is not possible or of no use.
  public func clipboardSequence(for page: SignInPage) -> String {
    guard let clipboard, let text = copiedText(page) else { return "" }
    return clipboard.sequence(copying: text)
  }

  // With a code in the address nobody types it, and a page that is open needs no address: what is
  // in the clipboard is only replaced by something that will be pasted.
  private func copiedText(_ page: SignInPage) -> String? {
    guard clipboard != nil else { return nil }
    if let code = page.code, !page.url.contains(code) { return DisplayText.sanitized(code) }
    return page.isOpen ? nil : DisplayText.sanitized(page.url)
  }
}
