/// Where a line may be remembered, going by what it looks like: in doubt, nowhere.
public enum HistoryRule: Equatable, Sendable {
  /// In the history file.
  case everywhere
  /// Until the program ends.
  case session
  /// Not at all.
  case nowhere

  /// The rule for `line`.
  ///
  /// A line that begins with a blank was typed so that it is forgotten, as in shells. One that holds
  /// what may be a code, a key, a token or a password is forgotten, too. An external id is not a
  /// secret
  /// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html),
  /// but it is nobody else's business.
  public init(for line: String) {
    if line.first?.isWhitespace ?? true || Self.holdsSecret(line) {
      self = .nowhere
    } else {
      self = line.contains("--external-id") ? .session : .everywhere
    }
  }

  private static func holdsSecret(_ line: String) -> Bool {
    let lowered = line.lowercased()
    if Self.words.contains(where: lowered.contains) { return true }
    let runs = line.utf8.split { !isLetterOrDigit($0) }
    if runs.contains(where: { isCode($0) || isAccessKeyID($0) || isSeed($0) }) { return true }
    if line.contains(/:\/\/[^\/\s]*:[^\/\s]*@/) { return true }
    for (first, second) in zip(runs, runs.dropFirst()) {
      // Apps show codes in two groups.
      if first.count == 3, second.count == 3, isDigits(first), isDigits(second) { return true }
    }
    return line.utf8.split { !isLetterOrDigit($0) && !"/+=".utf8.contains($0) }
      .contains { isSecretKey($0) }
      || line.utf8.split { !isLetterOrDigit($0) && !"/+=-_.".utf8.contains($0) }
        .contains { $0.count >= 100 || $0.starts(with: "eyJ".utf8) }
  }

  private static let words = [
    "secret=", "secret_access_key", "session_token", "password", "passwd", "passphrase",
    "token=", "--token", "--secret", "api_key", "apikey",
    // How tokens of GitHub, GitLab, Slack and STS begin.
    "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "xoxa-",
    "iqoj",
  ]

  private static func isDigits(_ run: some Sequence<UInt8>) -> Bool {
    run.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// One-time codes have six digits, some seven or eight; an account id has twelve.
  private static func isCode(_ run: Substring.UTF8View) -> Bool {
    (6...8).contains(run.count) && isDigits(run)
  }

  /// An access key id, long-lived or a session's.
  ///
  /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  private static func isAccessKeyID(_ run: Substring.UTF8View) -> Bool {
    run.count >= 16 && (run.starts(with: "AKIA".utf8) || run.starts(with: "ASIA".utf8))
  }

  /// Seeds of one-time codes are Base32, 80 bits of it at least (RFC 4226 §4).
  private static func isSeed(_ run: Substring.UTF8View) -> Bool {
    run.count >= 16 && run.contains { (0x32...0x37).contains($0) }
      && run.allSatisfy { (0x41...0x5A).contains($0) || (0x32...0x37).contains($0) }
  }

  /// AWS' secret access keys are forty characters of Base64.
  private static func isSecretKey(_ run: Substring.UTF8View) -> Bool {
    run.count == 40 && run.contains { (0x41...0x5A).contains($0) }
      && run.contains { (0x61...0x7A).contains($0) }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }
}
