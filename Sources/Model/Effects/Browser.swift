public import Core

/// The browser of the person at the terminal.
public protocol Browser: Sendable {
  /// Opens a page and returns at once. The address may carry a secret: it is neither shown nor
  /// logged.
  ///
  /// - Returns: Whether a browser could be started.
  func open(_ url: Secret) async -> Bool

  /// Whether it runs on this machine, so that a page in it can come back to one of our ports.
  var isHere: Bool { get }
}
