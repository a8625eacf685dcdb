/// Something about a configuration file that a person should know, with the place it stands.
public struct Diagnostic: Sendable, Hashable {
  /// How bad it is.
  public enum Severity: String, Sendable {
    /// The identity or provider cannot be used.
    case error
    /// It works, but probably not as meant.
    case warning
  }

  /// How bad it is.
  public var severity: Severity
  /// One sentence: lower case, no full stop, naming the identity, provider or key.
  public var message: String
  /// Where; `nil` when no file is to blame.
  public var mark: SourceMark?
  /// What to write instead, such as ``did you mean `assume_role`?``.
  public var suggestion: String?
  /// What sort of fault it is, in words that stay the same across releases: `unknown-key`.
  public var code: String

  /// Creates a diagnostic.
  public init(
    _ severity: Severity, _ message: String, mark: SourceMark? = nil, suggestion: String? = nil,
    code: String = "invalid-value"
  ) {
    self.severity = severity
    self.message = message
    self.mark = mark
    self.suggestion = suggestion
    self.code = code
  }
}
