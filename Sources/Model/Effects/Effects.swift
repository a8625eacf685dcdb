public import Core
public import Logging

/// Everything outside the process that the code of rings 1 to 3 touches, as a value that tests
/// replace.
///
/// It is passed down as an argument, never kept in a global: what a function can do shows in its
/// signature, and two tests with two worlds can run at once.
public struct Effects: Sendable {
  /// The time.
  public var now: @Sendable () -> Instant
  /// Waits; throws `CancellationError` when the task is cancelled.
  public var sleep: @Sendable (_ duration: Duration) async throws -> Void
  /// The environment the process was started with.
  public var environment: [String: String]
  /// The environment as it would be without us, for kinds that take what the surroundings offer.
  public var ambient: AmbientVariables
  /// The environment for programs that are run on our own behalf; see ``HelperEnvironment``.
  public var helperEnvironment: [String: String]
  /// When this process must have answered, if something waits for it that gives up then.
  public var deadline: Instant?
  /// Bytes from the system's generator.
  public var randomBytes: @Sendable (_ count: Int) -> [UInt8]
  /// The network.
  public var transport: any Transport
  /// The person at the terminal; `nil` when there is none to ask.
  public var interaction: (any Interaction)?
  /// Shows a page to sign in at to whoever reads standard error, who answers in a browser; for a
  /// login that was asked for by name where there is no terminal.
  public var pageDisplay: (@Sendable (SignInPage) -> Void)?
  /// The person at the desktop, asked in a window; `nil` where there is no display.
  public var desktop: (any Interaction)?
  /// Where the one-time codes of MFA devices come from.
  public var codes: any OneTimeCodes = NoCodes()
  /// The person's browser; `nil` where a page opened here would not be seen by them: over SSH, in
  /// containers, with `--no-browser`.
  public var browser: (any Browser)?
  /// Where a browser brings the result of a login; `nil` where it cannot.
  public var callbacks: (any CallbackListener)?
  /// A browser of our own, in which a person signs in; `nil` where there is to be none.
  public var signInBrowser: (any SignInBrowser)?
  /// Where long-lived secrets are.
  public var keyring: any Keyring
  /// Shows a person something on standard error, one line, already fit for a terminal.
  public var notice: @Sendable (_ line: String) -> Void
  /// Shows a person how far a long task is, instead of what was shown before; `nil` removes it.
  ///
  /// Does nothing where no terminal shows standard error.
  public var progress: @Sendable (_ line: String?) -> Void = { _ in }
  /// The options that say which configuration to use, as they were given: for commands that
  /// people are told to type.
  public var options: [String] = []
  /// Told the identity whose stored keys were just replaced, so that what was made with the old ones
  /// ends.
  public var didReplaceKeys: @Sendable (_ identity: String) async -> Void = { _ in }
  /// Whose the keyring's entries are.
  public var origins: any StoredOrigins = AnyOrigin()
  /// Whether this is a job in a checkout, which must not reach what other programs of a person stored.
  public var isOfJob = false
  /// What the sessions are for, as names of sessions say it: `apply`; `nil` for anything.
  public var purpose: String?
  /// What is done, and why, for anyone tracking down a problem; never a secret, at any level.
  public var log = Logger.silent

  /// Creates a world from its parts.
  public init(
    now: @escaping @Sendable () -> Instant,
    sleep: @escaping @Sendable (Duration) async throws -> Void,
    environment: [String: String],
    ambient: AmbientVariables? = nil,
    randomBytes: @escaping @Sendable (Int) -> [UInt8],
    transport: any Transport,
    interaction: (any Interaction)?,
    browser: (any Browser)? = nil,
    callbacks: (any CallbackListener)? = nil,
    keyring: any Keyring,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.now = now
    self.sleep = sleep
    self.environment = environment
    self.ambient = ambient ?? AmbientVariables(values: environment)
    helperEnvironment = HelperEnvironment.of(environment)
    self.randomBytes = randomBytes
    self.transport = transport
    self.interaction = interaction
    self.browser = browser
    self.callbacks = callbacks
    self.keyring = keyring
    self.notice = notice
  }
}

extension Effects {
  /// Whether anybody sees a page to sign in at.
  public var showsPages: Bool { interaction != nil || pageDisplay != nil }

  /// Shows a page to sign in at.
  public func show(_ page: SignInPage) async {
    if let interaction { await interaction.show(page) } else { pageDisplay?(page) }
  }

  /// A command of this program for a person to type, with the options that it needs.
  public func typed(_ words: String...) -> String { typed(words) }

  /// The same, of words in a list.
  public func typed(_ words: [String]) -> String {
    ShellQuoting.typed(command: ["atmos-auth"] + words + options)
  }
}
