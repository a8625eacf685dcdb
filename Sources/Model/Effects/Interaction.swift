public import Core

/// A person at a terminal.
public protocol Interaction: Sendable {
  /// Shows `question` and returns the line typed, without its end. With `hidden` nothing typed is
  /// shown.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` when the person gave up (Ctrl-C, end of
  ///   input) or the terminal went away.
  func ask(_ question: String, hidden: Bool) async throws(AuthError) -> Secret

  /// Takes a text of up to `limit` bytes that the person pastes after `question`, without showing it.
  ///
  /// Line breaks in it count as nothing: terminals put them into long texts.
  ///
  /// - Throws: ``AuthError`` as ``ask(_:hidden:)``, and `usage` for a longer text.
  func paste(_ question: String, limit: Int) async throws(AuthError) -> Secret

  /// Shows a page that the person is to visit, and the code to compare or type there.
  ///
  /// A terminal that can gets the address or code into the clipboard, and as a QR code when that
  /// was asked for. Does nothing when the terminal went away.
  func show(_ page: SignInPage) async
}

extension Interaction {
  /// Takes it as an answer: for people who are asked in windows.
  public func paste(_ question: String, limit: Int) async throws(AuthError) -> Secret {
    try await ask(question, hidden: true)
  }

  /// Shows nothing: for people who are only asked.
  public func show(_ page: SignInPage) async {}
}
