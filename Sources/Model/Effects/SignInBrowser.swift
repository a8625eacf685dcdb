public import Core

/// A browser of our own that is driven: a person signs in on its pages, and one request that these
/// lead to is caught instead of sent.
public protocol SignInBrowser: Sendable {
  /// Whether the person at the terminal would see its window: there is a desktop, and it is theirs.
  var isSeen: Bool { get }

  /// Whether it can have a window at all, wherever that shows.
  var hasDisplay: Bool { get }

  /// The program for a visit; `nil` if none is installed.
  func program(for visit: SignInVisit) -> String?

  /// Whether somebody has signed in at the visit's pages, so that it may work without a window.
  func hasSignedIn(_ visit: SignInVisit) -> Bool

  /// Does not try without a window the next time.
  func forget(_ visit: SignInVisit)

  /// Opens the page and waits for the request.
  ///
  /// Whatever happens, the browser has ended when this returns; and when this process ends, it ends
  /// by itself.
  ///
  /// - Parameters:
  ///   - visit: What to open and what to wait for.
  ///   - isHidden: Whether there is no window.
  ///   - limit: How long to wait.
  /// - Returns: The body of the request, which was never sent.
  /// - Throws: ``SignInFailure``.
  func caught(
    _ visit: SignInVisit, isHidden: Bool, limit: Duration
  ) async throws(SignInFailure) -> Secret
}

/// What a ``SignInBrowser`` opens, and what it waits for.
public struct SignInVisit: Sendable {
  /// The page on which a person signs in.
  public var page: String
  /// The name of the directory that keeps its cookies: letters, digits and `-`.
  public var profile: String
  /// The addresses that may be the awaited one, as DevTools' `Fetch.RequestPattern` writes them.
  public var patterns: [String]
  /// Whether a `POST` to an address is the awaited one; others go on their way.
  public var isEnd: @Sendable (_ url: String) -> Bool
  /// The program, where the definition names one.
  public var path: String?
  /// Which browser: `chrome`, `chromium`, `msedge` or `brave`; `nil` for any.
  public var type: String?
  /// Further arguments.
  public var arguments: [String]
  /// What is put into an empty field for the user's name.
  public var username: String?

  /// Creates a visit.
  public init(
    page: String, profile: String, patterns: [String],
    isEnd: @escaping @Sendable (_ url: String) -> Bool, path: String? = nil, type: String? = nil,
    arguments: [String] = [], username: String? = nil
  ) {
    self.page = page
    self.profile = profile
    self.patterns = patterns
    self.isEnd = isEnd
    self.path = path
    self.type = type
    self.arguments = arguments
    self.username = username
  }
}

/// Why a ``SignInBrowser`` brought nothing.
public enum SignInFailure: Error, Equatable {
  /// It could not be started, or not show a window; why.
  case notStarted(String)
  /// The person closed the window.
  case closed
  /// It ended by itself; how.
  case ended(String)
  /// The page could not be opened; the browser's word for it.
  case unreachable(String)
  /// The awaited request was stopped, and the browser does not say what is in it.
  case unreadable
  /// The time was up.
  case late
  /// The task was cancelled.
  case cancelled
}
