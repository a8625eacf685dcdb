public import Core
internal import Model
internal import Programs

/// A keyring that programs keep: a password store, a vault, whatever has a command for it.
///
/// Values go in by standard input and come out by standard output, never by argument. What is no
/// text, or would lose its last line end, is written in base64; see ``KeyringText``.
public final class CommandKeyring: InspectableKeyring {
  /// `command`.
  public let name = "command"

  private let commands: KeyringCommands
  private let limit: Duration
  private let environment: [String: String]
  private let cache: UnlockCache
  // What tells this keyring's session key from another's in the kernel.
  private let place: [UInt8]

  /// How long a command may take: a person may have to touch something or type a passphrase.
  private static let defaultLimit: Int64 = 30

  /// - Throws: ``AuthError`` with code `badConfiguration` if a command is missing.
  init(
    _ commands: KeyringCommands, timeout: Int64?, environment: [String: String], cache: UnlockCache
  ) throws(AuthError) {
    for (name, words) in commands.all where words.first?.isEmpty ?? true {
      throw AuthError(
        .badConfiguration, "the command keyring has no command to \(name) entries",
        hints: ["add `auth.keyring.spec.\(name)` to atmos.yaml, as a list of words"])
    }
    self.commands = commands
    self.environment = environment
    self.cache = cache
    limit = .seconds(timeout.flatMap { $0 > 0 ? $0 : nil } ?? Self.defaultLimit)
    let text = commands.all.flatMap { command in
      [command.name] + command.words + [commands.directories[command.name]].compactMap(\.self)
    }.joined(separator: "\0")
    place = Array("command \(Hash.hex(Hash.fnv1a(text.utf8)))".utf8)
  }

  /// The bytes stored under `key`, or `nil` if the list of entries does not have it.
  ///
  /// - Throws: ``AuthError``: `unavailable` if a command fails or takes too long, `badConfiguration`
  ///   if it cannot be started or what it prints is damaged.
  public func read(_ key: String) async throws(AuthError) -> Secret? {
    try check(key)
    let isRemembered = key == KeyringEntry.sessionKey
    if isRemembered, let content = cache.content(of: place, password: nil) { return content }
    let words = KeyringCommands.words(commands.read, key: key)
    var result = try await run("read", words)
    if result.status != 0 {
      // Programs have no common way to say that there is nothing: the list has one.
      if try await keys()?.contains(key) == false { return nil }
      // It may have come between the two.
      result = try await run("read", words)
    }
    guard result.status == 0 else { throw failure("read", words, result) }
    guard let value = KeyringText.decoded(Self.withoutLineEnd(result.output)) else {
      throw AuthError(
        .badConfiguration,
        "the command keyring's entry `\(DisplayText.sanitized(key))` is damaged",
        hints: ["it was kept; if you do not need it, remove it and log in again"])
    }
    if isRemembered { cache.remember(value, of: place, password: nil) }
    return value
  }

  /// Stores `value` under `key`.
  ///
  /// - Throws: ``AuthError`` as ``read(_:)``.
  public func write(_ value: Secret, _ key: String) async throws(AuthError) {
    try check(key)
    let isRemembered = key == KeyringEntry.sessionKey
    if isRemembered { cache.forget(place) }
    let last = value.withBytes { $0.last }
    let text = KeyringText.encoded(
      value, isAlwaysMarked: last == nil || last == 0x0A || last == 0x0D)
    let words = KeyringCommands.words(commands.write, key: key)
    let result = try await run("write", words, input: text)
    guard result.status == 0 else { throw failure("write", words, result) }
    if isRemembered { cache.remember(value, of: place, password: nil) }
  }

  /// Removes `key`.
  ///
  /// - Returns: Whether there was something to remove.
  /// - Throws: ``AuthError`` as ``read(_:)``.
  @discardableResult
  public func remove(_ key: String) async throws(AuthError) -> Bool {
    try check(key)
    if key == KeyringEntry.sessionKey { cache.forget(place) }
    if try await keys()?.contains(key) == false { return false }
    let words = KeyringCommands.words(commands.remove, key: key)
    let result = try await run("remove", words)
    guard result.status == 0 else { throw failure("remove", words, result) }
    return true
  }

  /// The names that the list has, sorted.
  ///
  /// - Throws: ``AuthError`` as ``read(_:)``.
  public func keys() async throws(AuthError) -> [String]? {
    let result = try await run("list", commands.list)
    guard result.status == 0 else { throw failure("list", commands.list, result) }
    let lines = result.output.withBytes { $0.split(separator: 0x0A).map(Array.init) }
    return Set(lines.map { String(decoding: $0, as: UTF8.self) }).sorted()
  }

  /// What there is to say about it.
  ///
  /// The list is not asked for: that could ask a person.
  public func inspect() async throws(AuthError) -> KeyringCondition {
    var condition = KeyringCondition(backend: name, place: commands.read.joined(separator: " "))
    condition.unlockedUntil = cache.end(of: place, password: nil)
    return condition
  }

  private func check(_ key: String) throws(AuthError) {
    try SystemEntry.check(key)
    if key.utf8.contains(0x0A) {
      throw AuthError(
        .usage,
        "a line end cannot be in the name of a command keyring's entry: "
          + "`\(DisplayText.sanitized(key))`")
    }
  }

  private static func withoutLineEnd(_ text: Secret) -> Secret {
    text.withBytes { bytes in
      var bytes = bytes[...]
      if bytes.last == 0x0A { bytes = bytes.dropLast() }
      if bytes.last == 0x0D { bytes = bytes.dropLast() }
      return bytes.count == text.count ? text : Secret(bytes)
    }
  }
}

// MARK: - The programs

extension CommandKeyring {
  private func run(
    _ name: String, _ words: [String], input: Secret? = nil
  ) async throws(AuthError) -> ProgramRun.Result {
    let program = ProgramRun(
      words, environment: environment, in: commands.directories[name], input: input)
    switch await program.result(within: limit) {
    case .ended(let result): return result
    case .tookTooLong:
      throw AuthError(
        .unavailable,
        "`\(shown(words))` did not end within \(DurationText.text(limit.components.seconds))",
        hints: [
          "run it yourself to see what it waits for; `auth.keyring.spec.timeout` gives it more time"
        ])
    case .notFound:
      throw AuthError(
        .badConfiguration,
        "the keyring's program `\(shown([words[0]]))` \(ProgramPath.absence(of: words[0]))",
        hints: ["install it, or change `auth.keyring.spec.\(name)` in atmos.yaml"])
    case .notStarted(let reason):
      throw AuthError(
        .badConfiguration, "cannot run `\(shown(words))`: \(reason)",
        hints: ["look at `auth.keyring.spec.\(name)` in atmos.yaml"])
    }
  }

  private func failure(
    _ name: String, _ words: [String], _ result: ProgramRun.Result
  ) -> AuthError {
    let reason = result.lastLine.isEmpty ? "" : ": \(DisplayText.sanitized(result.lastLine))"
    return AuthError(
      .unavailable,
      "the keyring's command `\(shown(words))` failed with status \(result.status)\(reason)",
      hints: ["run it yourself; it is `auth.keyring.spec.\(name)` in atmos.yaml"])
  }

  private func shown(_ words: [String]) -> String {
    DisplayText.sanitized(words.joined(separator: " "), limit: 200)
  }
}
