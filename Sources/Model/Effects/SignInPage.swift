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
