import AuthConfiguration
import Core
import Docker
import Model
import Programs
import Sessions
import Terminal

extension CommandContext {
  /// The password of a registry for who acts: the remembered one while it is good, else a new one.
  ///
  /// The caller has made sure that the identity may be used.
  func registryPassword(
    of host: String, _ who: Resolution
  ) async throws(AuthError) -> RegistryPassword {
    let configuration = who.configuration
    let store = try sessionStore(in: configuration)
    var source = RegistrySource(
      host: host, identity: who.record.name, digest: who.record.sessionDigest)
    let realm = try configuration.catalog().realm
    let isRemembered = who.record.isRemembered
    if isRemembered {
      // Docker asks for each image: `effects` makes all kinds, a third of what this costs.
      let place = source.chain(realm: realm, isRemembered: true).sessionPlace(of: 0)
      let credential = try await store.read(
        realm: place.realm, identity: place.name, digest: place.digest)
      if let credential, credential.isUsable(at: now, margin: credential.renewalMargin),
        let password = RegistryPassword(credential)
      {
        return password
      }
    }
    guard let login = registry.registryLogin(host) else {
      throw AuthError(
        .usage, "no cloud has a registry `\(DisplayText.sanitized(host, limit: 200))`")
    }
    source.origin = (login, try await session(of: who))
    let manager = SessionManager(store: store, effects: try effects(in: configuration))
    return try Self.password(
      try await manager.credential(
        for: source.chain(realm: realm, isRemembered: isRemembered)), host)
  }

  /// What a credential of a registry's link is.
  static func password(
    _ credential: Credential, _ host: String
  ) throws(AuthError) -> RegistryPassword {
    guard let password = RegistryPassword(credential) else {
      throw AuthError(.system, "the remembered password of \(host) cannot be read")
    }
    return password
  }

  /// Forgets the remembered password of a registry.
  func forgetRegistryPassword(
    of host: String, identity: String, realm: String, in configuration: Configuration
  ) async throws(AuthError) {
    _ = try await sessionStore(in: configuration).remove(
      realm: realm, identity: RegistrySource.name(host, identity: identity))
  }

  /// The context in which a login's configuration is found, whatever this one's environment is.
  func next(to login: RegistryRecord.Login) -> CommandContext {
    let flags = ConfigurationFlags(words: login.arguments, identity: login.identity)
    guard let variables = login.variables else { return next(flags) }
    var environment = surroundings.environment
    for name in Catalog.leadingVariables { environment[name] = variables[name] }
    return next(flags, in: environment)
  }

  /// Writes down for Docker and its like how they log in to a registry.
  ///
  /// - Parameters:
  ///   - login: The registry.
  ///   - integration: What says so.
  ///   - password: The password, which is written only where the definition says so.
  ///   - record: The identity.
  ///   - configuration: The configuration that it is one of.
  /// - Returns: One line for the person.
  /// - Throws: ``AuthError`` with code `system` if a file cannot be changed; it is as it was.
  func write(
    _ login: any RegistryLogin, of integration: String, _ password: RegistryPassword,
    as record: IdentityRecord, in configuration: Configuration
  ) throws(AuthError) -> String {
    let host = login.host
    let catalog = try configuration.catalog()
    let isFollowed = record.isOwn || configuration.isJob
    let owner = IntegrationOwner(
      realm: catalog.realm, identity: record.name, integration: integration)
    let entry = RegistryRecord.Login(
      identity: record.name, integration: integration,
      fingerprint: isFollowed ? nil : catalog.trust(for: record).fingerprint,
      arguments: catalog.reproducingArguments,
      variables: Dictionary(uniqueKeysWithValues: catalog.reproducingVariables.map { ($0, $1) }),
      realm: catalog.realm)
    let files = DockerFile.all(in: surroundings.environment, directory: directory)
    // The integration was about another registry before.
    for other in RegistryRecord.all(paths)
    where other.host != host && other.logins.contains(where: { isLogin($0, of: owner) }) {
      _ = try takeBack(other.host) { isLogin($0, of: owner) }
    }
    try RegistryRecord.change(host, paths) { (known) throws(AuthError) in
      known.logins.removeAll { isLogin($0, of: owner) }
      known.logins.insert(entry, at: 0)
      let content = login.isStored ? "auths" : "credHelpers"
      // What an earlier definition asked for is not asked for any more.
      for old in known.written where old.section != content {
        _ = try DockerFile.takeBack(old)
        known.written.removeAll { $0 == old }
      }
      for file in files {
        let written =
          login.isStored
          ? try file.store(user: password.user, password: password.password, for: host)
          : try file.use(helper: RegistryHelper.name, for: host)
        guard var written else { continue }
        // A newer password replaces the one in the same place.
        if let index = known.written.firstIndex(where: {
          $0.path == written.path && $0.section == written.section
        }) {
          written.madeSection = written.madeSection || known.written[index].madeSection
          written.madeFile = written.madeFile || known.written[index].madeFile
          known.written[index] = written
        } else {
          known.written.append(written)
        }
      }
    }
    let shown = files.map(\.path).joined(separator: ", ")
    let end = Timestamp.rfc3339(password.expiresAt)
    if login.isStored { return "Docker login to \(host) until \(end), in \(shown)" }
    warnOfMissingHelper()
    return "Docker logs in to \(host) as \(record.name), by its helper in \(shown)"
  }

  private func warnOfMissingHelper() {
    let found = try? ProgramPath.find(
      RegistryHelper.program, path: surroundings.environment["PATH"])
    guard found == nil else { return }
    say(
      "warning: `\(RegistryHelper.program)` is not on the PATH, so Docker cannot ask it; it is a link "
        + "to atmos-auth and belongs beside it")
  }

  /// Whether a login is one that an owner made.
  private func isLogin(_ login: RegistryRecord.Login, of owner: IntegrationOwner) -> Bool {
    login.integration == owner.integration
      && TakenBack.identities([owner.identity], realm: owner.realm).covers(self.owner(of: login))
  }

  private func owner(of login: RegistryRecord.Login) -> (realm: String, identity: String)? {
    let realm = login.realm ?? realm(of: login.arguments, identity: login.identity)
    return realm.map { ($0, login.identity) }
  }

  /// The integrations of registries that a logout takes back, by the host where there is none.
  func registries(of taken: TakenBack) -> [String] {
    RegistryRecord.all(paths).flatMap(\.logins).filter { taken.covers(owner(of: $0)) }
      .map(\.integration)
  }

  /// Takes back what was written for registries, and forgets their passwords.
  func takeBackRegistries(of taken: TakenBack, in configuration: Configuration) async {
    for record in RegistryRecord.all(paths) {
      do throws(AuthError) {
        let (gone, files) = try takeBack(record.host) { taken.covers(owner(of: $0)) }
        for login in gone {
          guard let realm = owner(of: login)?.realm else { continue }
          try await forgetRegistryPassword(
            of: record.host, identity: login.identity, realm: realm, in: configuration)
        }
        guard !files.isEmpty else { continue }
        say(
          "\(err.symbol("✓", plain: "ok")) Removed the Docker login to \(record.host) from "
            + files.joined(separator: ", "))
      } catch {
        warn(of: record.logins.first?.integration ?? record.host, error)
      }
    }
  }

  /// Takes back the logins to a registry that `isGone` says; what was written goes with the last.
  ///
  /// - Returns: Those logins, and the files from which something was removed.
  private func takeBack(
    _ host: String, _ isGone: (RegistryRecord.Login) -> Bool
  ) throws(AuthError) -> (logins: [RegistryRecord.Login], files: [String]) {
    let present = RegistryRecord.read(host, paths)
    // Without a login it is what an earlier try could not take back.
    guard present.logins.isEmpty || present.logins.contains(where: isGone) else { return ([], []) }
    return try RegistryRecord.change(host, paths) { (known) throws(AuthError) in
      let gone = known.logins.filter(isGone)
      known.logins.removeAll { gone.contains($0) }
      guard known.logins.isEmpty else { return (gone, []) }
      var files: [String] = []
      while let entry = known.written.first {
        if try DockerFile.takeBack(entry) { files.append(entry.path) }
        known.written.removeFirst()
        try passOn(entry)
      }
      return (gone, files)
    }
  }

  /// What was made for an entry that is gone belongs to the next one in the same place.
  private func passOn(_ entry: DockerEntry) throws(AuthError) {
    guard entry.madeSection || entry.madeFile else { return }
    for other in RegistryRecord.all(paths) where other.host != entry.host {
      guard
        let index = other.written.firstIndex(where: {
          $0.path == entry.path && (entry.madeFile || $0.section == entry.section)
        })
      else { continue }
      var other = other
      other.written[index].madeFile = other.written[index].madeFile || entry.madeFile
      if other.written[index].section == entry.section {
        other.written[index].madeSection = other.written[index].madeSection || entry.madeSection
      }
      return try other.write(paths)
    }
  }
}
