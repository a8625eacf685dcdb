public import Core

/// A person at a terminal.
public protocol Interaction: Sendable {
  /// Shows `question` and returns the line typed, without its end. With `hidden` nothing typed is
  /// shown.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` when the person gave up (Ctrl-C, end of
  ///   input) or the terminal went away.
  func ask(_ question: String, hidden: Bool) async throws(AuthError) -> Secret

  /// Shows a page that the person is to visit, and the code to compare or type there.
  ///
  /// A terminal that can gets the address or code into the clipboard, and as a QR code when that
  /// was asked for. Does nothing when the terminal went away.
  func show(_ page: SignInPage) async
}

extension Interaction {
  /// Shows nothing: for people who are only asked.
  public func show(_ page: SignInPage) async {}
}

/// A page on which a person signs in.
public struct SignInPage: Sendable, Equatable {
  /// Where it is; for people to open, so it may not be longer than a terminal can show.
  public var url: String
  /// The code shown there for comparison, or typed there.
  public var code: String?
  /// Whether the page was opened in a browser already.
  public var isOpen: Bool

  /// Creates a page.
  public init(url: String, code: String?, isOpen: Bool) {
    self.url = url
    self.code = code
    self.isOpen = isOpen
  }
}

/// The browser of the person at the terminal.
public protocol Browser: Sendable {
  /// Opens a page and returns at once. The address may carry a secret: it is neither shown nor
  /// logged.
  ///
  /// - Returns: Whether a browser could be started.
  func open(_ url: Secret) async -> Bool

  /// Whether it runs on this machine, so that a page in it can come back to a port of ours.
  var isHere: Bool { get }
}

/// Where a browser brings the result of a login: a server on a loopback port of its own.
public protocol CallbackListener: Sendable {
  /// Listens at a free port of 127.0.0.1, calls `start` once it is bound, and waits for the first
  /// `GET` of `path` whose query `accepts` takes. Other requests are answered and ignored: browsers
  /// fetch icons, look ahead and come twice.
  ///
  /// - Parameters:
  ///   - path: The path of the address that the browser is sent back to, such as
  ///     `/oauth/callback`.
  ///   - timeout: How long to wait after `start` returned.
  ///   - accepts: Whether a query, its names and values decoded, is the awaited one. It compares
  ///     `state`.
  ///   - start: Sends the browser off; given the port.
  /// - Returns: The accepted query. The browser was shown whether it holds `code` or `error`.
  /// - Throws: ``AuthError``: `system` if no port can be had; `loginRequired` after `timeout`; what
  ///   `start` threw. Cancelling the task closes the port.
  func callback(
    path: String, timeout: Duration, accepts: @escaping @Sendable ([String: String]) -> Bool,
    start: (_ port: Int) async throws(AuthError) -> Void
  ) async throws(AuthError) -> [String: String]
}
