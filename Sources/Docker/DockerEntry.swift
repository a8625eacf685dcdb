import Core

/// What was written into a file of Docker, so that exactly that can be taken back.
public struct DockerEntry: Sendable, Equatable {
  /// What an entry says.
  public enum Content: Sendable, Equatable {
    /// Which helper to ask.
    case helper(String)
    /// A password; of it only a hash is kept.
    case password(hash: String)
  }

  /// The file.
  public var path: String
  /// The registry's host.
  public var host: String
  /// What it says.
  public var content: Content
  /// Whether the section was made for it.
  public var madeSection: Bool
  /// Whether the file was made for it.
  public var madeFile: Bool

  /// Creates it from its parts.
  public init(
    path: String, host: String, content: Content, madeSection: Bool, madeFile: Bool
  ) {
    self.path = path
    self.host = host
    self.content = content
    self.madeSection = madeSection
    self.madeFile = madeFile
  }

  /// The section of the file that it is in.
  public var section: String {
    switch content {
    case .helper: "credHelpers"
    case .password: "auths"
    }
  }

  /// A hash of a text that is long and random, which does not lead back to it.
  static func hash(_ text: String) -> String { Hash.hex(Hash.fnv1a(text)) }
}
