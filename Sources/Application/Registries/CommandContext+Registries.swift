import AuthConfiguration
import Core
import Docker
import Model
import Programs
import Sessions

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
    of host: String, identity: String, in configuration: Configuration
  ) async throws(AuthError) {
    _ = try await sessionStore(in: configuration).remove(
      realm: try configuration.catalog().realm,
      identity: RegistrySource.name(host, identity: identity))
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
    let entry = RegistryRecord.Login(
      identity: record.name, integration: integration,
      fingerprint: isFollowed ? nil : catalog.trust(for: record).fingerprint,
      arguments: catalog.reproducingArguments)
    let files = DockerFile.all(in: surroundings.environment)
    try RegistryRecord.change(host, paths) { (known) throws(AuthError) in
      known.logins.removeAll {
        $0.integration == integration && $0.arguments == entry.arguments
      }
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

  /// Takes back what was written for an integration's registry.
  ///
  /// - Returns: One line for the person, or `nil` when there was nothing to take back.
  func takeBack(
    _ login: any RegistryLogin, of integration: String, in configuration: Configuration
  ) async throws(AuthError) -> String? {
    let host = login.host
    let arguments = try configuration.catalog().reproducingArguments
    var gone: [RegistryRecord.Login] = []
    let files = try RegistryRecord.change(host, paths) { (known) throws(AuthError) -> [String] in
      gone = known.logins.filter { $0.integration == integration && $0.arguments == arguments }
      known.logins.removeAll { gone.contains($0) }
      guard known.logins.isEmpty else { return [] }
      var files: [String] = []
      while let entry = known.written.first {
        if try DockerFile.takeBack(entry) { files.append(entry.path) }
        known.written.removeFirst()
        try passOn(entry)
      }
      return files
    }
    for login in gone {
      try await forgetRegistryPassword(of: host, identity: login.identity, in: configuration)
    }
    return files.isEmpty
      ? nil : "Removed the Docker login to \(host) from \(files.joined(separator: ", "))"
  }

  /// The registries that a person logged an identity in to by their hosts.
  func registriesWithoutIntegration(
    of identity: String, in configuration: Configuration
  ) -> [any RegistryLogin] {
    guard let arguments = try? configuration.catalog().reproducingArguments else { return [] }
    return RegistryRecord.all(paths).filter { record in
      record.logins.contains {
        $0.integration == record.host && $0.arguments == arguments
          && $0.identity.lowercased() == identity.lowercased()
      }
    }.compactMap { registry.registryLogin($0.host) }
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
