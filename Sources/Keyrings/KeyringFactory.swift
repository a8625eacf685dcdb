public import Core
public import Model

/// Chooses the keyring that configuration and environment ask for.
public enum KeyringFactory {
  /// What `auth.keyring` says.
  public struct Settings: Sendable, Equatable {
    /// `type`: one of ``KeyringFactory/types``; `nil` for the default, `system`.
    public var type: String?
    /// `spec.path`: the directory of the file keyring, or a file in it.
    public var path: String?
    /// `spec.password_env`: the variable that holds the file keyring's password.
    public var passwordEnvironment: String?
    /// `spec.unlock_for`: how many seconds the kernel may remember the session key.
    ///
    /// The time runs from the opening of the file keyring; 0 remembers nothing. The default is a
    /// working day of eight hours.
    public var unlockFor: Int64

    /// Creates settings.
    public init(
      type: String? = nil, path: String? = nil, passwordEnvironment: String? = nil,
      unlockFor: Int64 = 28_800
    ) {
      self.type = type
      self.path = path
      self.passwordEnvironment = passwordEnvironment
      self.unlockFor = unlockFor
    }
  }

  /// The keyrings there are, by the names that configuration files use.
  public static let types = ["system", "file", "memory"]

  /// Makes the keyring; nothing is read, written or asked yet.
  ///
  /// `ATMOS_KEYRING_TYPE` beats the configuration. Until this release can reach the system's own
  /// keyring, `system` is the file keyring, and `notice` says so before the first question or
  /// write, but not when entries are merely read: the programs that do so all day show what we
  /// write on standard error.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` for a type that does not exist.
  public static func make(
    _ settings: Settings, environment: [String: String], paths: StatePaths,
    interaction: (any Interaction)?, now: @escaping @Sendable () -> Instant,
    randomBytes: @escaping @Sendable (Int) -> [UInt8],
    notice: @escaping @Sendable (String) -> Void
  ) throws(AuthError) -> any Keyring {
    func variable(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let fromEnvironment = variable("ATMOS_KEYRING_TYPE")
    let type = fromEnvironment ?? settings.type ?? "system"
    switch type {
    case "memory": return MemoryKeyring()
    case "file", "system":
      let directory = directory(
        variable("ATMOS_KEYRING_FILE_PATH") ?? settings.path, home: variable("HOME"),
        standard: "\(paths.data)/keyring")
      return FileKeyring(
        directory: directory,
        passwordVariable: variable("ATMOS_KEYRING_PASSWORD_ENV") ?? settings.passwordEnvironment
          ?? "ATMOS_KEYRING_PASSWORD",
        environment: environment, unlockFor: settings.unlockFor,
        announcement: type == "file" ? nil : Self.announcement(directory),
        interaction: interaction, now: now, randomBytes: randomBytes, notice: notice)
    default:
      let place = fromEnvironment == nil ? "auth.keyring.type" : "ATMOS_KEYRING_TYPE"
      throw AuthError(
        .badConfiguration, "unknown keyring `\(DisplayText.sanitized(type))` in \(place)",
        hints: ["it is one of `\(types.joined(separator: "`, `"))`"])
    }
  }

  private static func announcement(_ directory: String) -> String {
    "the system keyring is not supported yet; using the file keyring in "
      + "\(DisplayText.sanitized(directory)) (`ATMOS_KEYRING_TYPE=file` says the same in silence)"
  }

  /// The directory of the file keyring.
  ///
  /// As in atmos, a path whose last part has an extension names a file, and its directory counts;
  /// a name that begins with a dot is all extension. Unlike in atmos, `~` is the home directory.
  static func directory(_ path: String?, home: String?, standard: String) -> String {
    guard var path, !path.isEmpty else { return standard }
    while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
    let isFile = path.split(separator: "/").last?.contains(".") ?? false
    if let home, path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
    return isFile ? FileSystem.parent(of: path) : path
  }
}
