internal import Core

/// Where in a file something is.
public struct HCLPlace: Equatable, Sendable {
  /// The file's path, absolute.
  public var file: String
  /// The line, from 1.
  public var line: Int

  /// It for people, such as `/src/root.hcl:3`.
  public var text: String { "\(DisplayText.sanitized(file)):\(line)" }
}

/// Why something in a file has no value here.
public struct HCLFault: Error, Equatable, Sendable {
  /// Whether terragrunt would fail, too.
  enum Kind: Equatable, Sendable {
    /// terragrunt would fail as well: a name that is not there, a variable that is not set.
    case mistake
    /// terragrunt may know: something that is not read here, or goes past a bound.
    case unread
  }

  var kind: Kind
  /// Where it is.
  public var place: HCLPlace
  /// What has no value, such as `run_cmd()`; never a literal of the file, which may be a secret.
  public var what: String

  /// It for people, in one line.
  public var text: String { "\(place.text): \(DisplayText.sanitized(what, limit: 80))" }
}
