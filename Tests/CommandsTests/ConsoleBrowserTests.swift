import Testing

@testable import Application
@testable import Commands

@Suite struct ConsoleBrowserTests {
  private func command(
    _ browser: ConsoleBrowser, installed: Set<String>, environment: [String: String] = [:],
    platform: BrowserSearch.Platform = .linux
  ) -> [String]? {
    ConsoleBrowserSearch(environment: environment, platform: platform) { program in
      guard installed.contains(program) else { return nil }
      return program.hasPrefix("/") ? program : "/bin/\(program)"
    }.command(for: browser)?.arguments(for: "U")
  }

  private static let isolated = ConsoleBrowser.isolated(directory: "/p r/1")
  private static let container = ConsoleBrowser.container(name: "core/dev", isProtected: false)

  @Test(arguments: ["google-chrome", "chromium", "brave-browser", "microsoft-edge"])
  func `a profile of its own`(program: String) {
    #expect(
      command(Self.isolated, installed: [program, "firefox"]) == [
        "/bin/\(program)", "--user-data-dir=/p r/1", "--no-first-run",
        "--no-default-browser-check", "U",
      ])
  }

  @Test func `in Firefox, where there is nothing else or where it is wanted`() {
    let firefox = ["/bin/firefox", "--new-instance", "--profile", "/p r/1", "U"]
    #expect(command(Self.isolated, installed: ["firefox"]) == firefox)
    #expect(
      command(
        Self.isolated, installed: ["firefox", "chromium"], environment: ["BROWSER": "firefox %s"])
        == firefox)
    #expect(
      command(
        Self.isolated, installed: ["firefox", "/opt/x/chromium"],
        environment: ["BROWSER": "/opt/x/chromium"])?.first == "/opt/x/chromium")
  }

  @Test func `a container of its own, in Firefox only`() {
    #expect(
      command(Self.container, installed: ["firefox", "chromium"])
        == ["/bin/firefox", "--new-tab", "U"])
    #expect(command(Self.container, installed: ["chromium"]) == nil)
  }

  @Test func `programs of macOS are in their bundles`() {
    let chrome = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
    #expect(command(Self.isolated, installed: [chrome], platform: .macOS)?.first == chrome)
  }

  @Test func `nothing that can`() {
    #expect(command(Self.isolated, installed: ["w3m"]) == nil)
    #expect(command(.usual, installed: ["chromium"]) == nil)
  }

  @Test(arguments: [
    (false, "ext+container:name=core/dev%20%261%2b&color=blue&url=http://127.0.0.1:1/ab%3fx%3d1"),
    (true, "ext+container:name=core/dev%20%261%2b&color=red&url=http://127.0.0.1:1/ab%3fx%3d1"),
  ])
  func `what the extension is told`(isProtected: Bool, address: String) {
    let browser = ConsoleBrowser.container(name: "core/dev &1+", isProtected: isProtected)
    #expect(browser.address("http://127.0.0.1:1/ab?x=1") == address)
    #expect(SystemBrowser.isSafe(address))
    #expect(ConsoleBrowser.usual.address("http://127.0.0.1:1/") == "http://127.0.0.1:1/")
  }
}
