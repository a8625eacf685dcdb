/// The environment of programs that this one runs for itself: `!exec`, sources of codes, browsers,
/// a keyring's commands.
///
/// They have no use for what opens our keyring, and they do need to find the person.
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
}
