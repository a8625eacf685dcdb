/// A failure that a person can act on.
///
/// Every error that reaches the terminal is an `AuthError`. Errors of other libraries are wrapped
/// once, where it is still known which file, address or identity they were about.
public struct AuthError: Error, Sendable {
  /// What kind of failure this is; scripts match on its name and on the exit status.
  public var code: Code
  /// One sentence that names the thing that failed: lower case, no full stop.
  public var message: String
  /// What to do about it, most useful first; one line each, commands in backticks.
  public var hints: [String]
  /// The error that led to this one.
  public var cause: (any Error)?

  /// Creates an error.
  public init(
    _ code: Code, _ message: String, hints: [String] = [], cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.hints = hints
    self.cause = cause
  }

  /// Returns this error with one more hint after the ones it has: for an error that is passed on.
  ///
  /// Whoever makes an error gives it its hints at once.
  public func hint(_ text: String) -> AuthError {
    var copy = self
    copy.hints.append(text)
    return copy
  }
}

extension AuthError {
  /// A kind of failure: a name that stays the same across releases, and an exit status.
  ///
  /// The exit statuses are those of `sysexits.h`.
  public struct Code: Hashable, Sendable {
    /// The name shown by `--format json`, such as `login-required`.
    public let name: String
    /// The exit status of the process, 1...255.
    public let exitStatus: Int32

    /// The command line asks for something that does not exist or does not fit together.
    public static let usage = Code(name: "usage", exitStatus: 64)
    /// A name that the configuration does not know; it is a fault of what was typed.
    public static let identityNotFound = Code(name: "identity-not-found", exitStatus: 64)
    /// A service could not be reached, or said to come back later.
    public static let unavailable = Code(name: "unavailable", exitStatus: 69)
    /// The operating system refused a call.
    public static let system = Code(name: "system", exitStatus: 71)
    /// A cloud refused the request: wrong keys, wrong code, no permission.
    public static let refused = Code(name: "refused", exitStatus: 77)
    /// A cloud said that the credential it was shown, that of the link before, has ended.
    public static let expiredUpstream = Code(name: "expired-credentials", exitStatus: 77)
    /// A person is needed (a login, a code, a password, an `allow`), and none could be asked.
    public static let loginRequired = Code(name: "login-required", exitStatus: 77)
    /// A person stopped it with Ctrl-C; the status is what shells make of that signal.
    public static let interrupted = Code(name: "interrupted", exitStatus: 130)
    /// A person was asked, and said no or left the question; nothing was done.
    public static let declined = Code(name: "declined", exitStatus: 77)
    /// A configuration file, or one of our files, holds something that cannot be used.
    public static let badConfiguration = Code(name: "bad-configuration", exitStatus: 78)
    /// The kind is known and checked, but this release cannot log in with it.
    public static let notSupported = Code(name: "not-supported", exitStatus: 78)
  }
}

extension AuthError.Code {
  /// Whether a person wanted it so: that is not an error to them.
  public var isWanted: Bool { self == .declined || self == .interrupted }
}

extension AuthError: CustomStringConvertible {
  /// The message alone, so that an error reads well inside another one.
  public var description: String { message }

  /// The text for a terminal: the message, what led to it, and every hint on the way.
  public var report: String {
    var lines = ["error: \(message)"]
    var allHints = hints
    var next = cause
    while let current = next {
      lines.append("  cause: \(current)")
      let inner = current as? AuthError
      allHints += inner?.hints ?? []
      next = inner?.cause
    }
    lines += allHints.map { "  hint: \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }
}
