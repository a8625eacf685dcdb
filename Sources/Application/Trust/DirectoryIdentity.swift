import AuthConfiguration
import CShims
package import Core
import Model

/// Who a directory wants a command to be.
package enum DirectoryChoice {
  /// There is no `.atmos-identity`.
  case none
  /// Nobody.
  case nobody
  /// This identity, as the file says.
  case identity(String, DirectoryFile, IdentityFile)
}

extension CommandContext {
  /// The verdict on the nearest identity file at or above `directory`.
  func verdict(on directory: String) throws(AuthError) -> DirectoryVerdict {
    guard let path = identityFile(from: directory) else { return .absent }
    let verdict = unverifiedVerdict(onFile: path)
    guard case .unverified(let file, let content, _) = verdict else { return verdict }
    let now = try selection(for: content, in: file)
    // Where nothing can be written, the difference still counts for this command.
    try? note(now, for: content, in: file)
    return verdict.verified(by: now)
  }

  /// Writes down what a look at the configuration found, if the grant it was compared with is still
  /// there; shells look again when it says something else than before.
  func note(
    _ now: Grant.Selection, for content: IdentityFile, in file: DirectoryFile
  ) throws(AuthError) {
    try TrustLock.hold(paths) { () throws(AuthError) in
      guard var grant = grant(for: file), grant.decision == .allow,
        let index = grant.selections.firstIndex(where: { $0.file == content })
      else { return }
      let before = grant.selections[index]
      let after = before.renewed(by: now)
      guard after != before else { return }
      grant.selections[index] = after
      try grant.write(paths)
      if after.isChanged != before.isChanged { try announce(grant) }
    }
  }

  /// The verdict on an identity file as the hook comes to it, without reading the configuration.
  func unverifiedVerdict(onFile path: String) -> DirectoryVerdict {
    let environment = ownEnvironment
    return DirectoryVerdict(
      DirectoryFile.open(path, exceptions: configuration.ownerExceptions), at: path, grant: grant,
      environment: { environment[$0] }, stamp: FileSystem.stamp)
  }

  /// The path of the nearest identity file at or above `directory`, or `nil` if there is none.
  func identityFile(from directory: String) -> String? {
    let ceilings = surroundings.environment["ATMOS_AUTH_CEILING"] ?? ""
    return DirectoryFile.nearest(from: directory, ceilings: ceilings)
  }

  /// The grant of the directory that `file` is in, or `nil` if there is none.
  package func grant(for file: DirectoryFile) -> Grant? {
    Grant.read(paths, of: file)
  }

  /// Who the working directory wants commands to be.
  ///
  /// - Throws: ``AuthError`` when a file cannot be used: then no identity is chosen, and
  ///   above all not the parent's identity or a default.
  package func directoryIdentity() throws(AuthError) -> DirectoryChoice {
    try directoryIdentity(of: directory)
  }

  /// Who a directory wants commands in it to be.
  ///
  /// - Throws: ``AuthError`` as ``directoryIdentity()``.
  func directoryIdentity(of directory: String) throws(AuthError) -> DirectoryChoice {
    let verdict = try verdict(on: directory)
    switch verdict {
    case .absent: return .none
    case .nobody: return .nobody
    case .trusted(let file, let content, let selection):
      return .identity(selection.activation.identity, file, content)
    case .refused, .invalid, .untrusted, .denied, .changed, .unverified, .protected:
      throw refusal(verdict)
    }
  }

  /// Why a directory's file selects nobody.
  func refusal(_ verdict: DirectoryVerdict) -> AuthError {
    switch verdict {
    case .absent, .nobody, .trusted:
      AuthError(.loginRequired, "the directory selects no identity")
    case .refused(let path, let reason):
      AuthError(
        .loginRequired, "\(path) is not used: \(reason)",
        hints: [
          "see \(command("status", about: path)), or name an identity with `--identity NAME`"
        ])
    case .invalid(let file, let fault):
      AuthError(
        .badConfiguration, "\(file.path):\(fault.line): \(fault.text)",
        hints: ["write an identity's name in it, or `none`"])
    case .untrusted(let file, _):
      AuthError(
        .loginRequired, "\(file.path) is not allowed yet",
        hints: [
          "look at it with \(command("status", about: file.path)), then "
            + command("allow", about: file.path)
        ])
    case .denied(let file, _):
      AuthError(
        .loginRequired, "\(file.path) was denied",
        hints: [
          "\(command("allow", about: file.path)) changes that; or name an identity with "
            + "`--identity NAME`"
        ])
    case .protected(_, _, let selection):
      AuthError(
        .loginRequired,
        "`\(selection.activation.identity)` is protected: a directory alone never selects it",
        hints: ["name it: `--identity \(ShellQuoting.typed(selection.activation.identity))`"])
    case .changed(let file, _, _), .unverified(let file, _, _):
      AuthError(
        .loginRequired, "what \(file.path) selects has changed since it was allowed",
        hints: [
          "\(command("status", about: file.path)) shows the difference, "
            + "\(command("allow", about: file.path)) accepts it"
        ])
    }
  }

  // To be pasted where the person is, who may have named another directory (`-C`, `-chdir=`).
  private func command(_ word: String, about path: String) -> String {
    let isNearest =
      flags.directory == nil && identityFile(from: surroundings.workingDirectory) == path
    let words = ["atmos-auth", word] + (isNearest ? [] : [FileSystem.parent(of: path)])
    return "`\(ShellQuoting.typed(command: words))`"
  }

  /// What `content` would select from `file`'s directory now, for a grant.
  func selection(
    for content: IdentityFile, in file: DirectoryFile
  ) throws(AuthError) -> Grant.Selection {
    try selection(
      for: content, in: file, of: configuration(allowedBy: content, in: file.directory))
  }

  /// Who `content` would select from `file`'s directory in `configuration`.
  func record(
    for content: IdentityFile, in file: DirectoryFile, of configuration: Configuration
  ) throws(AuthError) -> IdentityRecord {
    let catalog = try configuration.readableCatalog()
    if let name = content.identity {
      do throws(AuthError) {
        return try catalog.identity(named: name)
      } catch {
        throw error.naming(file.path)
      }
    }
    if catalog.defaults.count == 1 { return try catalog.identity(named: catalog.defaults[0]) }
    throw AuthError(
      .badConfiguration,
      "\(file.path) names no identity, and there is no single default identity",
      hints: ["write `identity = NAME` into it"])
  }

  /// What `content` would select from `file`'s directory in `configuration`, for a grant.
  func selection(
    for content: IdentityFile, in file: DirectoryFile, of configuration: Configuration
  ) throws(AuthError) -> Grant.Selection {
    let catalog = try configuration.readableCatalog()
    let record = try record(for: content, in: file, of: configuration)
    guard IdentityName.isShellSafe(record.name) else {
      throw AuthError(
        .badConfiguration,
        "the name `\(DisplayText.sanitized(record.name))` cannot be used in a shell",
        hints: ["give it a name of letters, digits and . _ / @ + : - only"])
    }
    let trust = catalog.trust(for: record)
    return Grant.Selection(
      file: content, fingerprint: trust.fingerprint, traits: trust.traits,
      inputs: catalog.inputs,
      environment: catalog.grantVariables(redirecting: registry.redirecting),
      activation: try activation(
        of: Resolution(record, by: .directory, file: content, in: configuration),
        isForDecision: true))
  }

  /// The configuration as it is in `directory`, with the profile that a file there names, and
  /// without what an active identity changed in the environment.
  func configuration(allowedBy content: IdentityFile, in directory: String) -> Configuration {
    var request = configuration.request
    let environment = ownEnvironment
    request.workingDirectory = directory
    request.environment = environment
    request.paths = StatePaths(environment: { environment[$0] })
    if let profile = content.profile { request.profiles = [profile] }
    return configuration.replacing(request)
  }

  // What an identity that is active here set must not change what another one means.
  var ownEnvironment: [String: String] {
    AmbientVariables(without: paths, surroundings.environment, clouds: registry.clouds).values
  }
}
