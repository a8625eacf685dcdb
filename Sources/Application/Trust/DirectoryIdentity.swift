import AuthConfiguration
import CShims
package import Core
import Model

/// What the nearest `.atmos-identity` makes of a directory.
enum DirectoryState {
  /// There is no file at or above the directory.
  case absent
  /// There is one that must not be believed, for this reason.
  case refused(path: String, reason: String)
  /// There is one that nobody can read, at this line, for this reason.
  case invalid(DirectoryFile, IdentityFile.Fault)
  /// It says that nobody is to be active; that needs no trust.
  case nobody(DirectoryFile)
  /// It names an identity that was never allowed here.
  case untrusted(DirectoryFile, IdentityFile)
  /// A person refused it.
  case denied(DirectoryFile, IdentityFile)
  /// It was allowed, but would now do something else.
  case changed(DirectoryFile, IdentityFile, Grant.Selection)
  /// It was allowed, and does what was allowed.
  case trusted(DirectoryFile, IdentityFile, Grant.Selection)
}

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
  /// The state of `directory`.
  func directoryState(_ directory: String) throws(AuthError) -> DirectoryState {
    let ceilings = surroundings.environment["ATMOS_AUTH_CEILING"] ?? ""
    guard let path = DirectoryFile.nearest(from: directory, ceilings: ceilings) else {
      return .absent
    }
    let file: DirectoryFile
    switch DirectoryFile.open(path) {
    case .absent: return .absent
    case .refused(let reason): return .refused(path: path, reason: reason)
    case .safe(let opened): file = opened
    }
    let content: IdentityFile
    switch IdentityFile.parse(file.bytes) {
    case .failure(let fault): return .invalid(file, fault)
    case .success(let parsed): content = parsed
    }
    if content.isNobody { return .nobody(file) }
    guard let grant = try grant(for: file) else { return .untrusted(file, content) }
    if grant.decision == .deny { return .denied(file, content) }
    guard let selection = grant.selection(for: content) else { return .untrusted(file, content) }
    guard !selection.isChanged else { return .changed(file, content, selection) }
    let environment = ownEnvironment
    if selection.isCurrent(environment: { environment[$0] }) {
      return .trusted(file, content, selection)
    }
    let now = try self.selection(for: content, in: file)
    return now.fingerprint == selection.fingerprint
      ? .trusted(file, content, now) : .changed(file, content, selection)
  }

  /// The grant of the directory that `file` is in, or `nil` if there is none.
  package func grant(for file: DirectoryFile) throws(AuthError) -> Grant? {
    guard let grant = Grant.read(paths, device: file.device, inode: file.inode),
      grant.directory == file.directory
    else { return nil }
    return grant
  }

  /// Who the working directory wants commands to be.
  ///
  /// - Throws: ``AuthError`` when there is a file that cannot be used: then nobody is meant, and
  ///   above all not the parent's identity or a default.
  package func directoryIdentity() throws(AuthError) -> DirectoryChoice {
    let state = try directoryState(directory)
    switch state {
    case .absent: return .none
    case .nobody: return .nobody
    case .trusted(let file, let content, let selection):
      guard !selection.activation.isProtected else {
        throw AuthError(
          .loginRequired,
          "`\(selection.activation.identity)` is protected: a directory alone never selects it"
        )
        .hint("name it: `--identity \(ShellQuoting.typed(selection.activation.identity))`")
      }
      return .identity(selection.activation.identity, file, content)
    case .refused, .invalid, .untrusted, .denied, .changed: throw Self.refusal(state)
    }
  }

  /// Why a directory's file selects nobody.
  static func refusal(_ state: DirectoryState) -> AuthError {
    switch state {
    case .absent, .nobody, .trusted:
      AuthError(.loginRequired, "the directory selects nobody")
    case .refused(let path, let reason):
      AuthError(.loginRequired, "\(path) is not used: \(reason)")
        .hint("see `atmos-auth status`, or name an identity with `--identity NAME`")
    case .invalid(let file, let fault):
      AuthError(.badConfiguration, "\(file.path):\(fault.line): \(fault.text)")
        .hint("write an identity's name in it, or `none`")
    case .untrusted(let file, _):
      AuthError(.loginRequired, "\(file.path) is not allowed yet")
        .hint("look at it with `atmos-auth status`, then `atmos-auth allow`")
    case .denied(let file, _):
      AuthError(.loginRequired, "\(file.path) was denied")
        .hint("`atmos-auth allow` changes that; or name an identity with `--identity NAME`")
    case .changed(let file, _, _):
      AuthError(.loginRequired, "what \(file.path) selects has changed since it was allowed")
        .hint("`atmos-auth status` shows the difference, `atmos-auth allow` accepts it")
    }
  }

  /// What `content` would select from `file`'s directory now, for a grant.
  func selection(
    for content: IdentityFile, in file: DirectoryFile
  ) throws(AuthError) -> Grant.Selection {
    let context = resolving(content, from: file.directory)
    let catalog = try context.readableCatalog()
    let record: IdentityRecord
    if let name = content.identity {
      record = try catalog.identity(named: name)
    } else if catalog.defaults.count == 1 {
      record = try catalog.identity(named: catalog.defaults[0])
    } else {
      throw AuthError(
        .badConfiguration,
        "\(file.path) names no identity, and there is no single default to take"
      )
      .hint("write `identity = NAME` into it")
    }
    guard IdentityName.isShellSafe(record.name) else {
      throw AuthError(
        .badConfiguration,
        "the name `\(DisplayText.sanitized(record.name))` cannot be used in a shell"
      )
      .hint("give it a name of letters, digits and . _ / @ + : - only")
    }
    let trust = catalog.trust(for: record)
    return Grant.Selection(
      file: content, fingerprint: trust.fingerprint, traits: trust.traits,
      inputs: catalog.inputs, environment: catalog.environmentInputs,
      activation: try context.activation(of: record, region: content.region))
  }

  /// This context as it would be in `directory`, with the profile that a file there names, and
  /// without what an active identity changed in the environment.
  func resolving(_ content: IdentityFile, from directory: String) -> CommandContext {
    var flags = flags
    flags.directory = directory
    if let profile = content.profile { flags.profiles = [profile] }
    var surroundings = surroundings
    surroundings.environment = ownEnvironment
    return CommandContext(surroundings, flags: flags, logs: logSettings)
  }

  // What an identity that is active here set must not change what another one means.
  var ownEnvironment: [String: String] {
    AmbientVariables(without: paths, surroundings.environment, clouds: registry.clouds).values
  }
}
