package import Audit
package import Core
package import Keyrings
package import Model
package import Terminal

/// What the program reaches beyond its own memory and the file system: made once, in `main`, and
/// passed down, so that tests put doubles in its place.
package struct System: Sendable {
  /// The network.
  package var transport: any Transport
  /// Lets go of the network's connections, at the end.
  package var closeConnections: @Sendable () async -> Void
  /// Bytes from the system's generator.
  package var randomBytes: @Sendable (_ count: Int) -> [UInt8]
  /// Waits; throws `CancellationError` when the task is cancelled.
  package var sleep: @Sendable (_ duration: Duration) async throws -> Void
  /// Where a browser brings the result of a login.
  package var callbacks: any CallbackListener
  /// Sends a browser that `open` starts to a secret address; see `LoopbackRedirect`.
  package var redirect:
    @Sendable (
      _ url: Secret, _ timeout: Duration, _ open: (_ address: Secret) async -> Bool
    ) async throws(AuthError) -> Bool
  /// The person at the terminal; `nil` when the process has none.
  package var terminal:
    @Sendable (_ environment: [String: String], _ showsQRCode: Bool) -> (any Interaction)?
  /// Lets the person at the terminal choose from a list; see `Picker`.
  package var choose:
    @Sendable (
      _ title: String, _ items: [PickerItem], _ environment: [String: String], _ noColor: Bool
    ) throws(AuthError) -> Int?
  /// The person at the desktop; `nil` when there is no display.
  package var desktop: @Sendable (_ environment: [String: String]) -> (any Interaction)?
  /// The browser that the first of some commands opens; `nil` when there are none.
  package var browser:
    @Sendable (
      _ commands: [BrowserCommand], _ environment: [String: String], _ isHere: Bool
    ) -> (any Browser)?
  /// A browser of our own, with its profiles in a directory; see `InstalledBrowser`.
  package var signInBrowser:
    @Sendable (
      _ directory: String, _ environment: [String: String], _ isSeen: Bool, _ hasDisplay: Bool
    ) -> (any SignInBrowser)? = { _, _, _, _ in nil }
  /// Makes a keyring; nothing is read, written, run or asked yet.
  package var keyring: @Sendable (_ wish: KeyringWish) throws(AuthError) -> any InspectableKeyring
  /// An output stream of the process, by its descriptor.
  package var stream:
    @Sendable (
      _ descriptor: Int32, _ environment: [String: String], _ noColor: Bool
    ) -> Terminal.Stream
  /// One line of standard input; `nil` if it is longer than so many bytes.
  package var inputLine: @Sendable (_ limit: Int) -> Secret?
  /// All of standard input; `nil` if it is longer than so many bytes.
  package var input: @Sendable (_ limit: Int) -> Secret?

  /// The log of the machine, which gets a copy of the audit log's head; `nil` for none.
  package var systemLog: SystemLog?

  /// Creates it from its parts.
  package init(
    transport: any Transport, closeConnections: @escaping @Sendable () async -> Void,
    randomBytes: @escaping @Sendable (Int) -> [UInt8],
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    callbacks: any CallbackListener,
    redirect:
      @escaping @Sendable (Secret, Duration, (Secret) async -> Bool) async throws(AuthError) -> Bool,
    terminal: @escaping @Sendable ([String: String], Bool) -> (any Interaction)?,
    choose:
      @escaping @Sendable (String, [PickerItem], [String: String], Bool) throws(AuthError) -> Int?,
    desktop: @escaping @Sendable ([String: String]) -> (any Interaction)?,
    browser: @escaping @Sendable ([BrowserCommand], [String: String], Bool) -> (any Browser)?,
    keyring: @escaping @Sendable (KeyringWish) throws(AuthError) -> any InspectableKeyring,
    stream: @escaping @Sendable (Int32, [String: String], Bool) -> Terminal.Stream,
    inputLine: @escaping @Sendable (Int) -> Secret?, input: @escaping @Sendable (Int) -> Secret?
  ) {
    self.transport = transport
    self.closeConnections = closeConnections
    self.randomBytes = randomBytes
    self.sleep = sleep
    self.callbacks = callbacks
    self.redirect = redirect
    self.terminal = terminal
    self.choose = choose
    self.desktop = desktop
    self.browser = browser
    self.keyring = keyring
    self.stream = stream
    self.inputLine = inputLine
    self.input = input
  }
}

/// Which keyring is wanted, and what it may use; see `KeyringFactory.make`.
package struct KeyringWish: Sendable {
  /// What configuration says.
  package var settings: KeyringFactory.Settings
  /// The type, where configuration and environment are not to decide.
  package var type: String?
  /// The environment of the process.
  package var environment: [String: String]
  /// Where our files are.
  package var paths: StatePaths
  /// Whoever can be asked for a password.
  package var interaction: (any Interaction)?
  /// Whether the desktop may ask.
  package var mayShowPrompts: Bool
  /// The time.
  package var now: @Sendable () -> Instant
  /// Tells a person something.
  package var notice: @Sendable (_ line: String) -> Void
}
