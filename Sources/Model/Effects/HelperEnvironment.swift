/// The environment of programs that this one runs for itself.
///
/// Those that bring a secret (`!exec`, sources of codes, a `token_command`, a keyring's commands) have
/// no use for what opens our keyring, and they do need to find the person and their own login. Those
/// that show something (browsers, windows that ask) or read a log have no use for any secret.
public enum HelperEnvironment {
  /// The variable that holds the file keyring's password, unless another one is named.
  public static let password = "ATMOS_KEYRING_PASSWORD"
  /// The variable that names another one.
  public static let passwordName = "ATMOS_KEYRING_PASSWORD_ENV"
  /// The variable that holds a one-time code.
  public static let code = "ATMOS_AUTH_MFA_CODE"

  /// The variables that hold the password of the file keyring.
  ///
  /// `configured` is the name that the configuration gives.
  public static func passwords(
    _ environment: [String: String], configured: String? = nil
  ) -> [String] {
    [password, environment[passwordName] ?? "", configured ?? ""].filter { !$0.isEmpty }
  }

  /// The environment without passwords and codes, and with the terminal that a person sits at.
  ///
  /// - Parameters:
  ///   - environment: The environment of the process.
  ///   - configured: The variable that the configuration names for the keyring's password.
  ///   - terminal: The terminal's path. GnuPG's agent asks there, and finds it by `GPG_TTY` only
  ///     (gpg-agent(1)).
  /// - Returns: The environment for the program.
  public static func of(
    _ environment: [String: String], configured: String? = nil, terminal: String? = nil
  ) -> [String: String] {
    var result = environment
    for name in passwords(environment, configured: configured) { result[name] = nil }
    result[code] = nil
    if let terminal, (result["GPG_TTY"] ?? "").isEmpty { result["GPG_TTY"] = terminal }
    return result
  }

  /// The part of ``of(_:configured:terminal:)`` that is for programs that need no secret.
  ///
  /// - Parameters:
  ///   - environment: What ``of(_:configured:terminal:)`` gave.
  ///   - secrets: The variables from which the configuration takes secrets.
  ///   - isSensitive: Whether the name of a variable says that it is secret.
  /// - Returns: The environment for the program.
  public static func withoutSecrets(
    _ environment: [String: String], secrets: Set<String>, isSensitive: (String) -> Bool
  ) -> [String: String] {
    environment.filter { name, value in
      // Wayland's permission to come to the front has a name like a secret's.
      name == "XDG_ACTIVATION_TOKEN"
        || !secrets.contains(name) && !isSensitive(name) && !isIdentityToken(value)
    }
  }

  /// Whether text looks like a JWT: variables of jobs that have one may be called anything.
  private static func isIdentityToken(_ text: String) -> Bool {
    text.hasPrefix("eyJ") && text.utf8.count { $0 == UInt8(ascii: ".") } == 2
  }
}
