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
    /// The time runs from the opening of the keyring; 0 remembers nothing. The default is a
    /// working day of eight hours.
    public var unlockFor: Int64
    /// `spec.timeout`: how many seconds a system keyring or a command may take; `nil` for the
    /// defaults.
    public var timeout: Int64?
    /// `spec.read`, `spec.write`, `spec.remove` and `spec.list`, for the command keyring.
    public var commands: KeyringCommands

    /// Creates settings.
    public init(
      type: String? = nil, path: String? = nil, passwordEnvironment: String? = nil,
      unlockFor: Int64 = 28_800, timeout: Int64? = nil,
      commands: KeyringCommands = KeyringCommands()
    ) {
      self.type = type
      self.path = path
      self.passwordEnvironment = passwordEnvironment
      self.unlockFor = unlockFor
      self.timeout = timeout
      self.commands = commands
    }
  }

  /// The keyrings there are, by the names that configuration files use.
  public static let types = ["system", "file", "memory", "command"]

  /// The variables that lead to another keyring than the configuration's.
  public static let variables = [
    "ATMOS_KEYRING_TYPE", "ATMOS_KEYRING_FILE_PATH", HelperEnvironment.passwordName,
  ]

  /// The type that environment and configuration ask for, and which of them says so.
  ///
  /// `ATMOS_KEYRING_TYPE` beats the configuration; without either it is `system`.
  public static func type(
    _ settings: Settings, environment: [String: String]
  ) -> (name: String, place: String) {
    if let chosen = environment["ATMOS_KEYRING_TYPE"], !chosen.isEmpty {
      return (chosen, "ATMOS_KEYRING_TYPE")
    }
    return (settings.type ?? "system", "auth.keyring.type")
  }

  /// Makes the keyring; nothing is read, written, run or asked yet.
  ///
  /// With `type` it is that one, and nothing replaces it. Else it is the one that environment
  /// and configuration ask for, and where there is no system keyring at all, the file keyring stands
  /// in for it. `notice` says so before the first question or write, but not when entries are merely
  /// read: the programs that do so all day show what we write on standard error. With
  /// `mayShowPrompts` the desktop may ask a person who sits before a screen, terminal or not.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` for a type that does not exist, or a
  ///   command keyring without its commands.
  public static func make(
    _ settings: Settings, type only: String? = nil, environment: [String: String],
    paths: StatePaths, interaction: (any Interaction)?, mayShowPrompts: Bool = true,
    now: @escaping @Sendable () -> Instant,
    randomBytes: @escaping @Sendable (Int) -> [UInt8],
    notice: @escaping @Sendable (String) -> Void
  ) throws(AuthError) -> any InspectableKeyring {
    @Sendable func variable(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    @Sendable func file(_ announcement: String?) -> FileKeyring {
      FileKeyring(
        directory: fileDirectory(settings, environment: environment, paths: paths),
        passwordVariable: variable(HelperEnvironment.passwordName) ?? settings.passwordEnvironment
          ?? HelperEnvironment.password,
        environment: environment, unlockFor: settings.unlockFor,
        announcement: announcement, interaction: interaction, now: now, randomBytes: randomBytes,
        notice: notice)
    }
    let cache = UnlockCache(
      seconds: UInt32(clamping: max(0, settings.unlockFor)), now: now, randomBytes: randomBytes)
    let (chosen, place) = type(settings, environment: environment)
    switch only ?? chosen {
    case "memory": return MemoryKeyring()
    case "file": return file(nil)
    case "system":
      let standIn = { @Sendable (reason: String) in
        file(announcement(reason, fileDirectory(settings, environment: environment, paths: paths)))
      }
      let (store, name) = systemStore(
        settings, environment: environment, mayAsk: mayShowPrompts, notice: notice)
      return SystemKeyring(
        store: store, place: name, cache: cache, standIn: only == nil ? standIn : nil)
    case "command":
      return try CommandKeyring(
        settings.commands, timeout: settings.timeout,
        environment: HelperEnvironment.of(
          environment, configured: settings.passwordEnvironment), cache: cache)
    case let unknown:
      throw AuthError(
        .badConfiguration, "unknown keyring `\(DisplayText.sanitized(unknown))` in \(place)",
        hints: ["it is one of `\(types.joined(separator: "`, `"))`"])
    }
  }

  /// Forgets every session key that the kernel remembers for this user.
  ///
  /// - Returns: How many those were; `nil` where the kernel remembers none.
  public static func lock() -> Int? { UnlockCache.forgetAll() }

  private static func systemStore(
    _ settings: Settings, environment: [String: String], mayAsk: Bool,
    notice: @escaping @Sendable (String) -> Void
  ) -> (store: any SystemStore, place: String) {
    let patience = Patience(seconds: settings.timeout)
    #if os(macOS)
    return (Keychain(patience: patience), "keychain")
    #else
    let address = SecretService.busAddress(environment)
    let hasScreen = ["DISPLAY", "WAYLAND_DISPLAY"].contains { !(environment[$0] ?? "").isEmpty }
    let store = SecretService(
      address: address, mayAsk: mayAsk && hasScreen, patience: patience, notice: notice)
    return (store, address ?? "")
    #endif
  }

  private static func announcement(_ reason: String, _ directory: String) -> String {
    "no system keyring: \(reason); using the file keyring in "
      + "\(DisplayText.sanitized(directory)) (`ATMOS_KEYRING_TYPE=file` chooses it without this notice)"
  }

  private static func fileDirectory(
    _ settings: Settings, environment: [String: String], paths: StatePaths
  ) -> String {
    func variable(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    return directory(
      variable("ATMOS_KEYRING_FILE_PATH") ?? settings.path, home: variable("HOME"),
      standard: "\(paths.data)/keyring")
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
