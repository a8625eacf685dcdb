import Audit
import Core
import DevTools
import HTTPTransport
import Keyrings
import Terminal

extension System {
  /// The process's own: the one place where these are made.
  package static func ofProcess(environment: [String: String]) -> System {
    let transport = AsyncHTTPTransport(environment: environment)
    var system = System(
      transport: transport,
      closeConnections: { await transport.shutdown() },
      randomBytes: randomBytes,
      sleep: { try await Task.sleep(for: $0) },
      callbacks: LoopbackListener(),
      redirect: { url, timeout, open throws(AuthError) in
        try await LoopbackRedirect(randomBytes: randomBytes).open(url, within: timeout, by: open)
      },
      terminal: { ControllingTerminal(environment: $0, showsQRCode: $1) },
      choose: { title, items, environment, noColor throws(AuthError) in
        try Picker(title: title, items: items, environment: environment, noColor: noColor).choose()
      },
      desktop: { DesktopPrompt(environment: $0) },
      browser: { SystemBrowser($0, environment: $1, isHere: $2) },
      keyring: { wish throws(AuthError) in
        try KeyringFactory.make(
          wish.settings, type: wish.type, environment: wish.environment, paths: wish.paths,
          interaction: wish.interaction, mayShowPrompts: wish.mayShowPrompts, now: wish.now,
          randomBytes: randomBytes, notice: wish.notice)
      },
      stream: { Stream(descriptor: $0, environment: $1, noColor: $2) },
      inputLine: { StandardInput.line(limit: $0) }, input: { StandardInput.all(limit: $0) })
    system.systemLog = SystemLog()
    let sleep = system.sleep
    system.signInBrowser = { directory, environment, isSeen, hasDisplay in
      InstalledBrowser(
        directory: directory, environment: environment, isSeen: isSeen, hasDisplay: hasDisplay,
        sleep: sleep)
    }
    return system
  }

  // Swift's generator asks `getrandom` on Linux and `arc4random_buf` on macOS.
  @Sendable private static func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}
