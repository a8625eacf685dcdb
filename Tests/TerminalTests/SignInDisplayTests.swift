import Foundation
import Model
import Testing

@testable import Terminal

@Suite struct SignInDisplayTests {
  private static let xterm = ["TERM": "xterm-256color", "LANG": "C.UTF-8"]
  private static let device = SignInPage(
    url: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH", code: "ABCD-EFGH",
    isOpen: false)

  private func text(
    _ page: SignInPage, _ environment: [String: String] = xterm, qr: Bool = false,
    columns: Int = 80
  ) -> String {
    SignInDisplay(environment: environment, showsQRCode: qr).text(for: page, columns: columns)
  }

  @Test func `a page for any device`() {
    #expect(
      text(Self.device) == """

        🔐 Sign in with a browser
        Verification code: ABCD-EFGH
        Open this address in any browser:
        https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH
        (The address is in your clipboard, if
        your terminal allows that.)
        ⏳ Waiting for authentication…

        """)
  }

  @Test func `a page that is open`() {
    var page = Self.device
    page.isOpen = true
    #expect(
      text(page) == """

        🔐 Sign in with a browser
        Verification code: ABCD-EFGH
        The browser must show the same code.
        Opening browser to:
        https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH
        If it does not open, visit it yourself.
        ⏳ Waiting for authentication…

        """)
  }

  @Test func `a code to type, on a terminal that shows little`() {
    let page = SignInPage(url: "https://example.com/device", code: "1234", isOpen: false)
    #expect(
      text(page, ["TERM": "dumb"]) == """

        Sign in with a browser
        Verification code: 1234
        Open this address in any browser:
        https://example.com/device
        Waiting for authentication...

        """)
  }

  @Test(arguments: [true, false], [true, false])
  func `40 columns are enough`(isOpen: Bool, isComplete: Bool) {
    let page = SignInPage(
      url: isComplete ? "https://a.example/?c=ABCD-EFGH" : "https://a.example/", code: "ABCD-EFGH",
      isOpen: isOpen)
    for line in text(page, qr: true, columns: 40).split(separator: "\n") {
      let shown = line.replacing(/\u{1B}\[[0-9;]*m/, with: "")
      #expect(DisplayWidth.of(String(shown)) <= 40, "\(shown)")
    }
  }

  @Test func `what a service says cannot command the terminal`() {
    let page = SignInPage(
      url: "https://a.example/\u{1B}]0;x\u{07}", code: "A\u{202E}B\u{9B}31m\nC", isOpen: false)
    let display = SignInDisplay(environment: Self.xterm, showsQRCode: false)
    #expect(!display.text(for: page, columns: 80).contains("\u{1B}"))
    #expect(display.text(for: page, columns: 80).contains("Verification code: AB31m C\n"))
    #expect(display.clipboardSequence(for: page) == "\u{1B}]52;c;QUIzMW0gQw==\u{07}")
  }

  // MARK: QR

  @Test func `a QR code where it fits`() throws {
    let code = try #require(QRCode(Self.device.url))
    let wide = text(Self.device, qr: true, columns: 80).split(separator: "\n")
    #expect(wide.filter { $0.hasPrefix("\u{1B}[30;107m") }.count == (code.size + 9) / 2)
    let plain = text(Self.device, Self.xterm.merging(["NO_COLOR": "1"]) { $1 }, qr: true)
    #expect(plain.contains("█") && !plain.contains("\u{1B}"))
    #expect(text(Self.device, qr: true, columns: 30).contains("needs \(code.size + 2) columns"))
    #expect(text(Self.device, ["TERM": "xterm"], qr: true).contains("cannot show a QR code"))
    let long = SignInPage(
      url: "https://a.example/" + String(repeating: "x", count: 300), code: nil, isOpen: false)
    #expect(text(long, qr: true).contains("too long for a QR code"))
  }

  // MARK: Clipboard

  private func sequence(
    _ environment: [String: String],
    _ page: SignInPage = SignInPage(url: "https://a.example/", code: "C-1", isOpen: false)
  ) -> String {
    SignInDisplay(environment: environment, showsQRCode: false).clipboardSequence(for: page)
  }

  @Test(arguments: [
    "xterm", "xterm-256color", "xterm-kitty", "alacritty", "foot", "wezterm", "xterm-ghostty",
    "tmux-256color",
  ])
  func `terminals that can are given the code`(term: String) {
    #expect(sequence(["TERM": term]) == "\u{1B}]52;c;Qy0x\u{07}")
  }

  @Test(arguments: [
    [:], ["TERM": "dumb"], ["TERM": "linux"], ["TERM": "vt100"],
    ["TERM": "xterm", "ATMOS_AUTH_CLIPBOARD": "off"],
    ["TERM": "xterm", "TMUX": "x", "ATMOS_AUTH_CLIPBOARD": "false"],
  ])
  func `others are given nothing, nor is who does not want it`(environment: [String: String]) {
    #expect(sequence(environment).isEmpty)
    #expect(!text(Self.device, environment).contains("clipboard"))
  }

  @Test func `by way of tmux and screen`() {
    let plain = "\u{1B}]52;c;Qy0x\u{07}"
    #expect(
      sequence(["TERM": "screen-256color", "TMUX": "/tmp/tmux-0/default,1,0"])
        == "\(plain)\u{1B}Ptmux;\u{1B}\(plain)\u{1B}\\")
    #expect(sequence(["TERM": "screen", "STY": "1.pts"]) == "\u{1B}P\(plain)\u{1B}\\")
    #expect(sequence(["TERM": "vt220", "TERM_PROGRAM": "iTerm.app"]) == plain)
  }

  @Test func `what will be pasted is copied, and nothing else`() {
    func copied(_ url: String, _ code: String?, isOpen: Bool) -> String? {
      let text = sequence(["TERM": "xterm"], SignInPage(url: url, code: code, isOpen: isOpen))
      return Data(base64Encoded: String(text.dropFirst(7).dropLast())).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    #expect(copied("https://a/?u=C-1", "C-1", isOpen: false) == "https://a/?u=C-1")
    #expect(copied("https://a/?u=C-1", "C-1", isOpen: true) == "")
    #expect(copied("https://a/", "C-1", isOpen: true) == "C-1")
    #expect(copied("https://a/", nil, isOpen: false) == "https://a/")
  }
}
